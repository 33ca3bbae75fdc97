/**
 * Every step of a job, as Lua: Redis runs one script at a time, so each is a transaction over all machines.
 * KEYS[1] is the prefix of all names. Times are Redis' own, in epoch milliseconds.
 *
 * A job is a hash `job:ID` (see job-record.ts), a list `text:ID` of its segments and, while it is read, a hash `notes:ID`
 * of what was learnt of its windows beside their text. Ids stand in the sorted sets
 * `reserved` (until when; `reserving` has whose), `queued` and `running` (since when). `fence` counts who read it: only the latest may write.
 */

import { MACHINE_SCRIPTS } from './scripts-machines.ts';
import { TURN_SCRIPTS } from './scripts-turns.ts';

const COMMON = `
local P = KEYS[1]
local call = redis.call
local time = call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local function job(id) return P .. ':job:' .. id end
local function text(id) return P .. ':text:' .. id end
local function notes(id) return P .. ':notes:' .. id end
local function tell(id, what)
  call('XADD', P .. ':changes', 'MAXLEN', '~', 10000, '*', 'id', id, 'what', what)
end
local function owner(id)
  local said = call('HGET', job(id), 'tenant')
  if not said then return '', 1 end
  local tenant = cjson.decode(said)
  return tenant.id, tenant.weight
end
local function unreserve(id)
  call('HDEL', P .. ':reserving', id)
  return call('ZREM', P .. ':reserved', id)
end
local function lapse()
  for _, id in ipairs(call('ZRANGEBYSCORE', P .. ':reserved', '-inf', now)) do unreserve(id) end
end
local function open(status) return status == 'queued' or status == 'running' end
local function push(id, first, from)
  local many = call('LLEN', text(id))
  if first > many then return -2 end
  for i = from + many - first, #ARGV do call('RPUSH', text(id), ARGV[i]) end
  return call('LLEN', text(id))
end
`;

/**
 * A place in line: id, most, how long it lasts, force, whose ('' for nobody's), most in all. Answers whether, and how
 * many there are. In a full line who has less than an even part of it gets a place all the same.
 */
const reserve = `
local id, most, tenant = ARGV[1], tonumber(ARGV[2]), ARGV[5]
lapse()
local many = call('ZCARD', P .. ':reserved') + call('ZCARD', P .. ':queued') + call('ZCARD', P .. ':running')
local function due()
  if tenant == '' or many >= tonumber(ARGV[6]) then return false end
  local own, others, known = 0, 0, {}
  local function count(whose)
    if whose == tenant then own = own + 1
    elseif not known[whose] then known[whose], others = true, others + 1 end
  end
  for _, whose in ipairs(call('HVALS', P .. ':reserving')) do count(whose) end
  for _, set in ipairs({'queued', 'running'}) do
    for _, each in ipairs(call('ZRANGE', P .. ':' .. set, 0, -1)) do count((owner(each))) end
  end
  return own < math.max(1, math.floor(most / (others + 1)))
end
if ARGV[4] ~= '1' and many >= most and not due() then return {0, many} end
call('ZADD', P .. ':reserved', now + ARGV[3], id)
if tenant ~= '' then call('HSET', P .. ':reserving', id, tenant) end
return {1, many}`;

const release = `return unreserve(ARGV[1])`;

/**
 * Makes it durable: id, hash of its idempotency key or '', fingerprint, tenant, cost, then fields and values.
 * Start-time fair queueing: its turn is the tenant's own last finish, or now in virtual time where that is past.
 */
const accept = `
local id, key, fingerprint, tenant, cost = ARGV[1], ARGV[2], ARGV[3], ARGV[4], tonumber(ARGV[5])
unreserve(id)
if key ~= '' then
  local known = call('GET', P .. ':key:' .. key)
  local held = known and call('HGET', job(known), 'fingerprint')
  if held then return {held == fingerprint and 'replayed' or 'conflict', known, 0} end
end
local priority = call('HGET', job(id), 'priority')
if priority then return {'accepted', id, tonumber(priority)} end
local fair = P .. ':fair'
if call('ZCARD', P .. ':queued') == 0 and call('ZCARD', P .. ':running') == 0 then call('DEL', fair) end
local start = math.max(tonumber(call('HGET', fair, 'now') or 0), tonumber(call('HGET', fair, 'of:' .. tenant) or 0))
call('HSET', fair, 'of:' .. tenant, start + cost)
priority = math.min(start + 1, 2097151)
call('HSET', job(id), 'id', id, 'status', 'queued', 'createdAt', now, 'fence', 0, 'attempts', 0, 'deaths', 0,
  'priority', priority, 'key', key, 'fingerprint', fingerprint, unpack(ARGV, 6))
if key ~= '' then call('SET', P .. ':key:' .. key, id) end
call('ZADD', P .. ':queued', now, id)
tell(id, 'queued')
return {'accepted', id, priority}`;

/**
 * A worker takes it: id, worker, deaths that are too many. A job that was running lost its last worker; where that one
 * is heard of (Redis was away, or it stood still) it counts a quarter.
 */
const begin = `
local id = ARGV[1]
local status = call('HGET', job(id), 'status')
if not status or not open(status) then return {'over', 0, 0} end
local deaths = tonumber(call('HGET', job(id), 'deaths'))
if status == 'running' then
  local last = call('ZSCORE', P .. ':workers', call('HGET', job(id), 'worker'))
  deaths = call('HINCRBY', job(id), 'deaths', tonumber(last or 0) > now and 1 or 4)
end
local fence = call('HINCRBY', job(id), 'fence', 1)
call('HSET', job(id), 'status', 'running', 'worker', ARGV[2])
call('HSETNX', job(id), 'startedAt', now)
call('ZREM', P .. ':queued', id)
call('ZADD', P .. ':running', now, id)
local fair = P .. ':fair'
local start = tonumber(call('HGET', job(id), 'priority')) - 1
if start > tonumber(call('HGET', fair, 'now') or 0) then call('HSET', fair, 'now', start) end
tell(id, 'running')
return {deaths >= 4 * tonumber(ARGV[3]) and 'poison' or 'run', fence, call('LLEN', text(id))}`;

/** id, fence, index of the first, segments. -1: not its reader's any more; -2: a gap. */
const segments = `
local id = ARGV[1]
local held = call('HMGET', job(id), 'fence', 'status')
if held[1] ~= ARGV[2] or held[2] ~= 'running' then return -1 end
local many = push(id, tonumber(ARGV[3]), 4)
if many >= 0 then
  call('HSET', job(id), 'attempts', 0, 'deaths', 0)
  tell(id, 'segments')
end
return many`;

/** id, fence, where its window ends with what it is, itself: the same twice, where an answer was lost, is once. */
const note = `
local id = ARGV[1]
local held = call('HMGET', job(id), 'fence', 'status')
if held[1] ~= ARGV[2] or held[2] ~= 'running' then return -1 end
return call('HSET', notes(id), ARGV[3], ARGV[4])`;

/** id, fence, seconds: forgets those of windows that end later. Answers the others, names before notes. */
const keepNotes = `
local id = ARGV[1]
if call('HGET', job(id), 'fence') ~= ARGV[2] then return {} end
for _, name in ipairs(call('HKEYS', notes(id))) do
  if tonumber(string.match(name, '^%S+')) > tonumber(ARGV[3]) then call('HDEL', notes(id), name) end
end
return call('HGETALL', notes(id))`;

/** id, fence, seconds done, seconds in all or '' */
const progress = `
local id = ARGV[1]
local held = call('HMGET', job(id), 'fence', 'status')
if held[1] ~= ARGV[2] or held[2] ~= 'running' then return -1 end
call('HSET', job(id), 'doneSeconds', ARGV[3], 'totalSeconds', ARGV[4])
tell(id, 'progress')
return 1`;

/** The recording is in the blobs now, and its address is forgotten. */
const fetched = `
local id = ARGV[1]
if call('HGET', job(id), 'fence') ~= ARGV[2] then return -1 end
call('HSET', job(id), 'source', 'file')
call('HDEL', job(id), 'url')
return 1`;

/** Once: id, guard (a fence, 'queued' or 'any'), status, outcome, error, how long it is kept, message, first, segments. */
const finish = `
local id, guard = ARGV[1], ARGV[2]
local held = call('HMGET', job(id), 'status', 'fence', 'webhookUrl', 'key', 'startedAt')
if not held[1] or not open(held[1]) then return 0 end
if guard == 'queued' and held[1] ~= 'queued' then return 0 end
if guard ~= 'queued' and guard ~= 'any' and guard ~= held[2] then return 0 end
if #ARGV > 8 and push(id, tonumber(ARGV[8]), 9) < 0 then return -2 end
local webhook = held[3] and 'pending' or 'none'
call('HSET', job(id), 'status', ARGV[3], 'finishedAt', now, 'outcome', ARGV[4], 'error', ARGV[5], 'source', 'gone',
  'webhook', webhook, 'message', ARGV[7], 'tries', 0)
call('HDEL', job(id), 'url')
call('HINCRBY', job(id), 'fence', 1)
call('DEL', notes(id))
for _, set in ipairs({'queued', 'running'}) do call('ZREM', P .. ':' .. set, id) end
if held[3] then call('ZADD', P .. ':deliveries', now, id) end
local kept = tonumber(ARGV[6])
call('PEXPIRE', job(id), kept)
call('PEXPIRE', text(id), kept)
if held[4] and held[4] ~= '' then call('PEXPIRE', P .. ':key:' .. held[4], kept) end
if ARGV[3] == 'done' and held[5] then
  local pace = call('HMGET', P .. ':pace', 'ms', 'jobs')
  call('HSET', P .. ':pace', 'ms', 0.7 * (pace[1] or 0) + now - held[5], 'jobs', 0.7 * (pace[2] or 0) + 1)
end
tell(id, ARGV[3])
return 1`;

/** Back in line, by its reader: id, fence, tries to be counted. Answers the tries, -1 where it is not its reader's. */
const requeue = `
local id = ARGV[1]
local held = call('HMGET', job(id), 'fence', 'status')
if held[1] ~= ARGV[2] or held[2] ~= 'running' then return -1 end
call('HSET', job(id), 'status', 'queued', 'doneSeconds', '', 'totalSeconds', '')
call('ZREM', P .. ':running', id)
call('ZADD', P .. ':queued', now, id)
tell(id, 'queued')
return call('HINCRBY', job(id), 'attempts', ARGV[3])`;

/** Forgets a finished one. */
const forget = `
local id = ARGV[1]
local held = call('HMGET', job(id), 'status', 'key')
if not held[1] or open(held[1]) then return 0 end
call('DEL', job(id), text(id))
if held[2] and held[2] ~= '' then call('DEL', P .. ':key:' .. held[2]) end
call('ZREM', P .. ':deliveries', id)
return 1`;

/** Its hash, and how many are before it: id, name of the queue. */
const look = `
local id, queue = ARGV[1], P .. ':' .. ARGV[2]
local waits = call('LLEN', queue .. ':wait')
local place = call('ZRANK', queue .. ':prioritized', id)
if place then place = waits + place
else
  local at = call('LPOS', queue .. ':wait', id)
  if at then place = waits - 1 - at else place = waits + call('ZCARD', queue .. ':prioritized') end
end
return {call('HGETALL', job(id)), place}`;

const BODIES = {
  ...{ reserve, release, accept, begin, segments, note, keepNotes, progress, fetched, finish, requeue },
  ...{ forget, look },
  ...MACHINE_SCRIPTS,
  ...TURN_SCRIPTS,
} as const;

export type ScriptName = keyof typeof BODIES;

export const SCRIPTS = Object.fromEntries(
  Object.entries(BODIES).map(([name, body]) => [name, `${COMMON}${body}`]),
) as Readonly<Record<ScriptName, string>>;
