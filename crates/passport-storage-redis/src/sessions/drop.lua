-- Drops the cache entries of a subject's sessions, and begins or ends a change of the subject.
-- KEYS     the subject's index, the subject's changes
-- ARGV     prefix of records, new version of the entries, 'begin', 'end' or '', then for these two the
--          change, and for 'begin' its lease (ms)
local index, changes = KEYS[1], KEYS[2]
if ARGV[3] == 'begin' then
    redis.call('SADD', changes, ARGV[4])
    -- One time to live for all changes under way, which a shorter lease does not shorten.
    if redis.call('PTTL', changes) < tonumber(ARGV[5]) then
        redis.call('PEXPIRE', changes, ARGV[5])
    end
elseif ARGV[3] == 'end' then
    redis.call('SREM', changes, ARGV[4])
end
local digests = redis.call('HVALS', index)
for i = 1, #digests do
    local record = ARGV[1] .. digests[i]
    if redis.call('EXISTS', record) == 1 then
        redis.call('HDEL', record, 'cached')
        redis.call('HSET', record, 'cache_version', ARGV[2])
    end
end
