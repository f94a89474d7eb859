-- Stores a session and adds it to the index of its subject.
-- KEYS     the record, the subject's index
-- ARGV     prefix of records, digest (hex), time to live of the record (ms), of the index (ms), id,
--          then names and values of the record's fields
local record, index = KEYS[1], KEYS[2]
redis.call('HSET', record, unpack(ARGV, 6))
redis.call('PEXPIRE', record, ARGV[3])
redis.call('HSET', index, ARGV[5], ARGV[2])
if redis.call('PTTL', index) < tonumber(ARGV[4]) then
    redis.call('PEXPIRE', index, ARGV[4])
end
-- Sometimes removes the entries of expired records, because nothing else does if a subject only ever
-- signs in.
if redis.call('HLEN', index) % 32 == 0 then
    local entries = redis.call('HGETALL', index)
    for i = 1, #entries, 2 do
        if redis.call('EXISTS', ARGV[1] .. entries[i + 1]) == 0 then
            redis.call('HDEL', index, entries[i])
        end
    end
end
