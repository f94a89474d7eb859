-- Keeps a session and notes it under its subject.
-- KEYS     the record, the subject's index
-- ARGV     prefix of records, digest (hex), keep the record for (ms), keep the index for (ms),
--          id, subject, created at, last seen at, idle, expires at (µs)
local record, index = KEYS[1], KEYS[2]
redis.call('HSET', record, 'id', ARGV[5], 'subject', ARGV[6], 'created_at', ARGV[7],
    'last_seen_at', ARGV[8], 'idle', ARGV[9], 'expires_at', ARGV[10])
redis.call('PEXPIRE', record, ARGV[3])
redis.call('HSET', index, ARGV[5], ARGV[2])
if redis.call('PTTL', index) < tonumber(ARGV[4]) then
    redis.call('PEXPIRE', index, ARGV[4])
end
-- Now and then drop the entries of records that are gone, so that the index of somebody who only
-- ever signs in stays small.
if redis.call('HLEN', index) % 32 == 0 then
    local entries = redis.call('HGETALL', index)
    for i = 1, #entries, 2 do
        if redis.call('EXISTS', ARGV[1] .. entries[i + 1]) == 0 then
            redis.call('HDEL', index, entries[i])
        end
    end
end
