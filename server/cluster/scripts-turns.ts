/** Further scripts, as in scripts.ts: when a job that is being read gives way to another tenant's, and how it comes back. */

/**
 * Which of one worker's jobs gives way: name of the queue, how long a job must have waited (where a slot is free it is
 * taken at once), how long no other one gives way to the same tenant, then those that have had their turn. One does
 * where the other tenant would then read at most as many jobs as its own does now, by their weights.
 */
const due = `
local queue = P .. ':' .. ARGV[1]
if call('LLEN', queue .. ':wait') > 0 then return false end
local reads = {}
for _, id in ipairs(call('ZRANGE', P .. ':running', 0, 999)) do
  local tenant = owner(id)
  reads[tenant] = (reads[tenant] or 0) + 1
end
for _, next in ipairs(call('ZRANGE', queue .. ':prioritized', 0, 99)) do
  local tenant, weight = owner(next)
  local since = call('ZSCORE', P .. ':queued', next)
  local giving = P .. ':giving:' .. tenant
  if since and tonumber(since) + ARGV[2] <= now and call('EXISTS', giving) == 0 then
    for at = 4, #ARGV do
      local own, share = owner(ARGV[at])
      if own ~= tenant and ((reads[tenant] or 0) + 1) / weight <= (reads[own] or 0) / share then
        call('SET', giving, ARGV[at], 'PX', ARGV[3])
        return ARGV[at]
      end
    end
  end
end
return false`;

/**
 * Back in line, by its reader: id, fence, cost. Start-time fair queueing: what it has read counts as one job, and the
 * next of it begins where that ended. Answers its new place in turn, -1 where another reads it.
 */
const giveWay = `
local id, cost = ARGV[1], tonumber(ARGV[3])
local held = call('HMGET', job(id), 'fence', 'status', 'priority')
if held[1] ~= ARGV[2] or held[2] ~= 'running' then return -1 end
local fair = P .. ':fair'
local start = math.max(tonumber(held[3]) - 1, tonumber(call('HGET', fair, 'now') or 0)) + cost
local tenant = owner(id)
local finish = math.max(start + cost, tonumber(call('HGET', fair, 'of:' .. tenant) or 0))
call('HSET', fair, 'of:' .. tenant, finish)
local priority = math.min(start + 1, 2097151)
call('HSET', job(id), 'status', 'queued', 'doneSeconds', '', 'totalSeconds', '', 'priority', priority)
call('ZREM', P .. ':running', id)
call('ZADD', P .. ':queued', now, id)
tell(id, 'queued')
return priority`;

export const TURN_SCRIPTS = { due, giveWay } as const;
