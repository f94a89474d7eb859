-- Moves a live session to the digest of a new token.
-- KEYS     the record, the record under the new digest, the subject's index
-- ARGV     id, digest (hex), new digest (hex), now (µs), then names and values of changed fields
-- Returns  1 if there was such a session, else 0
local record, moved, index = KEYS[1], KEYS[2], KEYS[3]
-- The index decides, so that a session that can be found can also be revoked.
if redis.call('HGET', index, ARGV[1]) ~= ARGV[2] then
    return 0
end
local times = redis.call('HMGET', record, 'last_seen_at', 'idle', 'expires_at')
if not times[1] then
    return 0
end
local now = tonumber(ARGV[4])
if now >= tonumber(times[1]) + tonumber(times[2]) or now >= tonumber(times[3]) then
    return 0
end
redis.call('RENAME', record, moved)
redis.call('HSET', moved, unpack(ARGV, 5))
-- The cache entry has the former values of these fields.
redis.call('HDEL', moved, 'cached')
redis.call('HSET', index, ARGV[1], ARGV[3])
return 1
