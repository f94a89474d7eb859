-- Deletes one session of a subject.
-- KEYS[1]  the subject's index
-- ARGV     prefix of records, id
-- Returns  1 if there was one, else 0
local digest = redis.call('HGET', KEYS[1], ARGV[2])
if not digest then
    return 0
end
redis.call('HDEL', KEYS[1], ARGV[2])
return redis.call('DEL', ARGV[1] .. digest)
