-- Deletes every session of a subject but one.
-- KEYS[1]  the subject's index
-- ARGV     prefix of records, id of the session to keep or ''
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
    if entries[i] ~= ARGV[2] then
        redis.call('DEL', ARGV[1] .. entries[i + 1])
        redis.call('HDEL', KEYS[1], entries[i])
    end
end
