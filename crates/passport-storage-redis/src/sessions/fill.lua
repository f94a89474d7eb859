-- Sets the cache entry of a session, unless it is not as it was seen, or a change of the subject is under way.
-- KEYS     the record, the subject's index, the subject's changes
-- ARGV     id, digest (hex), version that was seen, new version, session and
--          value in one
-- Returns  1 if it was set, else 0
local record, index, changes = KEYS[1], KEYS[2], KEYS[3]
if redis.call('EXISTS', changes) == 1 then
    return 0
end
-- The index decides, so that the next change finds what is set here.
if redis.call('HGET', index, ARGV[1]) ~= ARGV[2] or redis.call('EXISTS', record) == 0 then
    return 0
end
if (redis.call('HGET', record, 'cache_version') or '') ~= ARGV[3] then
    return 0
end
redis.call('HSET', record, 'cache_version', ARGV[4], 'cached', ARGV[5])
return 1
