/** Further scripts, as in scripts.ts: who is there, what fell between two steps, and deliveries of webhooks. */

/** Said every second by who answers: id, how long it is believed, its reservations. Answers how all stands. */
const beat = `
call('ZADD', P .. ':ingresses', now + ARGV[2], ARGV[1])
for i = 3, #ARGV do call('ZADD', P .. ':reserved', 'XX', now + ARGV[2], ARGV[i]) end
lapse()
call('ZREMRANGEBYSCORE', P .. ':workers', '-inf', now)
call('ZREMRANGEBYSCORE', P .. ':ingresses', '-inf', now - 60000)
local workers = {}
for _, id in ipairs(call('ZRANGE', P .. ':workers', 0, -1)) do
  local said = call('GET', P .. ':worker:' .. id)
  if said then table.insert(workers, said) end
end
local running = {}
for _, id in ipairs(call('ZRANGE', P .. ':running', 0, 999)) do
  local held = call('HMGET', job(id), 'startedAt', 'doneSeconds', 'totalSeconds')
  table.insert(running, {now - (held[1] or now), held[2] or '', held[3] or ''})
end
local pace = call('HMGET', P .. ':pace', 'ms', 'jobs')
return {workers, running, call('ZCARD', P .. ':queued'), call('ZCARD', P .. ':reserved'), pace[1] or '', pace[2] or ''}`;

/** Accepted jobs that no queue holds, and requests whose asker is gone: name of the queue, how old they must be. */
const sweep = `
local lost, orphans = {}, {}
-- After Redis was away all were silent: they have a moment to say that they are there.
local function gone(owner) return (tonumber(call('ZSCORE', P .. ':ingresses', owner) or 0)) + 5000 < now end
for _, set in ipairs({'queued', 'running'}) do
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. ':' .. set, '-inf', now - ARGV[2])) do
    local held = call('HMGET', job(id), 'status', 'priority', 'owner')
    if not held[1] then call('ZREM', P .. ':' .. set, id)
    elseif held[3] and held[3] ~= '' and gone(held[3]) then table.insert(orphans, id)
    elseif call('EXISTS', P .. ':' .. ARGV[1] .. ':' .. id) == 0 then table.insert(lost, {id, tonumber(held[2])}) end
  end
end
return {lost, orphans}`;

/** Deliveries that are due, for this one alone for a while: how long, how many. */
const claim = `
local due = {}
for _, id in ipairs(call('ZRANGEBYSCORE', P .. ':deliveries', '-inf', now, 'LIMIT', 0, ARGV[2])) do
  local held = call('HMGET', job(id), 'status', 'webhookUrl', 'webhookSecret', 'message', 'tries')
  if held[1] then
    call('ZADD', P .. ':deliveries', now + ARGV[1], id)
    table.insert(due, {id, held[1], held[2], held[3] or '', held[4], tonumber(held[5])})
  else call('ZREM', P .. ':deliveries', id) end
end
return due`;

/** id, tries, pause */
const retry = `
if call('EXISTS', job(ARGV[1])) == 0 then return 0 end
call('HSET', job(ARGV[1]), 'tries', ARGV[2])
return call('ZADD', P .. ':deliveries', 'XX', now + ARGV[3], ARGV[1])`;

/** id, delivered or given_up */
const delivered = `
call('ZREM', P .. ':deliveries', ARGV[1])
if call('EXISTS', job(ARGV[1])) == 0 then return 0 end
call('HSET', job(ARGV[1]), 'webhook', ARGV[2])
return call('HDEL', job(ARGV[1]), 'webhookUrl', 'webhookSecret')`;

/** A worker is there: id, how long that is believed, what it says. */
const present = `
call('ZADD', P .. ':workers', now + ARGV[2], ARGV[1])
call('SET', P .. ':worker:' .. ARGV[1], ARGV[3], 'PX', ARGV[2])
return 1`;

const leave = `
call('ZREM', P .. ':workers', ARGV[1])
call('ZREM', P .. ':ingresses', ARGV[1])
return call('DEL', P .. ':worker:' .. ARGV[1])`;

const tell = `tell(ARGV[1], ARGV[2]) return 1`;

export const MACHINE_SCRIPTS = { beat, sweep, claim, retry, delivered, present, leave, tell } as const;
