/**
 * Keys of tenants as Lua: each step runs whole. KEYS[1] is the prefix of all names, ARGV[1] the time, or '' for Redis'
 * own; times are epoch milliseconds. A key is the hash `key:ID`, found by the seen part of its secret in the hash
 * `secret:PREFIX`; `all` has every id by the time at which it was made.
 */
import { LUA_NOW, luaScript, type Script } from './lua.ts';

const COMMON = `${LUA_NOW}
local P = KEYS[1]
local call = redis.call
local function key(id) return P .. ':key:' .. id end
local function secret(prefix) return P .. ':secret:' .. prefix end
local function view(id)
  local all = call('HGETALL', key(id))
  if #all == 0 then return false end
  return {string.format('%.0f', now), all}
end
local function open(id)
  local made, revoked = unpack(call('HMGET', key(id), 'createdAt', 'revokedAt'))
  return made and not revoked
end
local function add(id, prefix, hash)
  call('HSET', secret(prefix), 'key', id, 'hash', hash)
  call('HSET', key(id), 'prefix', prefix)
end
`;

const script = (body: string): Script => luaScript(COMMON + body);

/** id, prefix, hash, then fields and values. Nothing where the prefix is another's. */
export const CREATE_KEY = script(`
local id = ARGV[2]
if call('EXISTS', secret(ARGV[3])) == 1 then return false end
call('HSET', key(id), 'id', id, 'createdAt', string.format('%.0f', now), unpack(ARGV, 5))
add(id, ARGV[3], ARGV[4])
call('ZADD', P .. ':all', now, id)
return view(id)
`);

/** id, how many of what follows are fields and values, those, then fields that go. */
export const CHANGE_KEY = script(`
local id, many = ARGV[2], tonumber(ARGV[3])
if not open(id) then return false end
if many > 0 then call('HSET', key(id), unpack(ARGV, 4, 3 + many)) end
for i = 4 + many, #ARGV do call('HDEL', key(id), ARGV[i]) end
return view(id)
`);

/** id, how long the old secret is taken, prefix, hash. One old secret at a time. */
export const ROTATE_KEY = script(`
local id, overlap = ARGV[2], tonumber(ARGV[3])
if not open(id) or call('EXISTS', secret(ARGV[4])) == 1 then return false end
local current, before = unpack(call('HMGET', key(id), 'prefix', 'previous'))
if before then call('DEL', secret(before)) end
call('HDEL', key(id), 'previous', 'previousUntil')
if overlap > 0 then
  local last = string.format('%.0f', now + overlap)
  call('HSET', secret(current), 'until', last)
  call('PEXPIRE', secret(current), overlap)
  call('HSET', key(id), 'previous', current, 'previousUntil', last)
else call('DEL', secret(current)) end
add(id, ARGV[4], ARGV[5])
return view(id)
`);

/** id */
export const REVOKE_KEY = script(`
local id = ARGV[2]
if call('EXISTS', key(id)) == 0 then return false end
call('HSETNX', key(id), 'revokedAt', string.format('%.0f', now))
return view(id)
`);

/** prefix. Gives the hash of the secret, until when it is taken ('' for as long as its key), and the key. */
export const CHECK_KEY = script(`
local id, hash, last = unpack(call('HMGET', secret(ARGV[2]), 'key', 'hash', 'until'))
if not id then return false end
return {hash, last or '', view(id)}
`);

/** id */
export const FIND_KEY = script(`return view(ARGV[2])`);

export const LIST_KEYS = script(`
local keys = {}
for _, id in ipairs(call('ZRANGE', P .. ':all', 0, -1)) do table.insert(keys, view(id)) end
return keys
`);
