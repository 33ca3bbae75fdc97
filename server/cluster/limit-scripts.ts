/**
 * The counters of tenants as Lua. Numbers are whole: times and durations in milliseconds, sound too, so that no sum is
 * rounded. ARGV[1] is the time, or '' for Redis' own. All keys of one call belong to one tenant.
 */
import { LUA_NOW, luaScript } from './lua.ts';

/**
 * A list of the times at which requests were granted, oldest first.
 * KEYS: list. ARGV: now, window, most. Gives granted, counted, reset.
 */
export const TAKE_REQUEST = luaScript(`${LUA_NOW}
local window, most = tonumber(ARGV[2]), tonumber(ARGV[3])
local first = redis.call('LINDEX', KEYS[1], 0)
while first and tonumber(first) <= now - window do
  redis.call('LPOP', KEYS[1])
  first = redis.call('LINDEX', KEYS[1], 0)
end
local count = redis.call('LLEN', KEYS[1])
local granted = 0
if count < most then
  granted = 1
  count = count + 1
  redis.call('RPUSH', KEYS[1], now)
  redis.call('PEXPIRE', KEYS[1], window)
end
-- Where it was refused: until so many have left that there is room.
local at = 0
if granted == 0 then at = math.max(0, count - most) end
local leaves = redis.call('LINDEX', KEYS[1], at)
local reset = window
if leaves then reset = tonumber(leaves) + window - now end
return {granted, count, reset}
`);

/**
 * A sorted set of ids by the time at which they lapse.
 * KEYS: set. ARGV: now, ttl, id, most ('' for no limit). Gives granted, in use.
 */
export const HOLD = luaScript(`${LUA_NOW}
local ttl, id, most = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local count = redis.call('ZCARD', KEYS[1])
local held = redis.call('ZSCORE', KEYS[1], id)
if not held then
  if most and count >= most then return {0, count} end
  count = count + 1
end
redis.call('ZADD', KEYS[1], now + ttl, id)
redis.call('PEXPIRE', KEYS[1], ttl)
return {1, count}
`);

/** KEYS: a set of holds. ARGV: now, ttl, ids… */
export const RENEW_HOLDS = luaScript(`${LUA_NOW}
local ttl = tonumber(ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
for i = 3, #ARGV do redis.call('ZADD', KEYS[1], now + ttl, ARGV[i]) end
redis.call('PEXPIRE', KEYS[1], ttl)
`);

/** Days since 1970 in UTC are what the keys of a day are. A reservation is written as "day lapses ms". */
const LUA_AUDIO = `
local today = math.floor(now / 86400000)
local function read(entry)
  local day, lapses, ms = string.match(entry, '^(%d+) (%d+) (%d+)$')
  return tonumber(day), tonumber(lapses), tonumber(ms)
end
local function write(reservations, id, day, lapses, ms)
  redis.call('HSET', reservations, id, string.format('%.0f %.0f %.0f', day, lapses, ms))
end
-- What others than \`except\` have reserved for a day. What has lapsed is dropped.
local function reserved(reservations, day, except)
  local sum = 0
  local all = redis.call('HGETALL', reservations)
  for i = 1, #all, 2 do
    local of, lapses, ms = read(all[i + 1])
    if lapses <= now then redis.call('HDEL', reservations, all[i])
    elseif of == day and all[i] ~= except then sum = sum + ms end
  end
  return sum
end
local function own(reservations, id)
  local entry = redis.call('HGET', reservations, id)
  if not entry then return nil end
  local day, lapses, ms = read(entry)
  if lapses <= now then return nil end
  return day, ms
end
`;

/**
 * KEYS: reservations (hash), used (hash of days), settled (of this id). ARGV: now, ttl, id, ms, per day ('' for no
 * limit). Gives granted, left ('' without a limit), now.
 */
export const RESERVE_AUDIO = luaScript(`${LUA_NOW}${LUA_AUDIO}
local ttl, id, ms, most = tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local day, before = own(KEYS[1], id)
day = day or today
local taken = reserved(KEYS[1], day, id) + tonumber(redis.call('HGET', KEYS[2], day) or 0)
local settled = redis.call('EXISTS', KEYS[3]) == 1
local granted = 1
if most and not settled then
  if ms > 0 then
    if taken + ms > most then granted = 0 end
  elseif taken >= most then granted = 0 end
end
if settled then before = 0
elseif granted == 1 then
  write(KEYS[1], id, day, now + ttl, ms)
  redis.call('PEXPIRE', KEYS[1], ttl)
  before = ms
end
local left = ''
if most then left = string.format('%.0f', math.max(0, most - taken - (before or 0))) end
return {granted, left, string.format('%.0f', now)}
`);

/** KEYS: reservations, then settled (one an id). ARGV: now, ttl, then id and ms of each. */
export const RENEW_AUDIO = luaScript(`${LUA_NOW}${LUA_AUDIO}
local ttl = tonumber(ARGV[2])
for i = 3, #ARGV, 2 do
  local id = ARGV[i]
  if redis.call('EXISTS', KEYS[2 + (i - 3) / 2]) == 0 then
    local day = own(KEYS[1], id)
    write(KEYS[1], id, day or today, now + ttl, tonumber(ARGV[i + 1]))
  end
end
redis.call('PEXPIRE', KEYS[1], ttl)
`);

/**
 * KEYS: reservations, used, usage (hash of "day kind model"), settled. ARGV: now, how long it is known to be settled,
 * id, model, ms, requests, the oldest day that is kept (relative to today).
 */
export const SETTLE_AUDIO = luaScript(`${LUA_NOW}${LUA_AUDIO}
local id, model, ms, requests, keep = ARGV[3], ARGV[4], tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
if not redis.call('SET', KEYS[4], '1', 'PX', ARGV[2], 'NX') then return end
local day = own(KEYS[1], id) or today
redis.call('HDEL', KEYS[1], id)
if redis.call('HINCRBY', KEYS[2], day, ms) == ms then
  -- The first of its day: what is too old goes.
  for _, key in ipairs({KEYS[2], KEYS[3]}) do
    for _, field in ipairs(redis.call('HKEYS', key)) do
      if tonumber(string.match(field, '^%d+')) < today - keep then redis.call('HDEL', key, field) end
    end
  end
end
redis.call('HINCRBY', KEYS[3], day .. ' ms ' .. model, ms)
redis.call('HINCRBY', KEYS[3], day .. ' requests ' .. model, requests)
`);

/** KEYS: reservations, used. ARGV: now, per day ('' for no limit). Gives granted, left, now as RESERVE_AUDIO. */
export const LOOK_AUDIO = luaScript(`${LUA_NOW}${LUA_AUDIO}
local most = tonumber(ARGV[2])
if not most then return {1, '', string.format('%.0f', now)} end
local taken = reserved(KEYS[1], today, nil) + tonumber(redis.call('HGET', KEYS[2], today) or 0)
local granted = 0
if taken < most then granted = 1 end
return {granted, string.format('%.0f', math.max(0, most - taken)), string.format('%.0f', now)}
`);
