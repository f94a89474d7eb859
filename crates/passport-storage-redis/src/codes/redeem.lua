-- Compares a guess with the code; a right guess spends it, a wrong one costs a try.
-- KEYS[1]  the code
-- ARGV     digest of the guess, now (µs)
-- Returns  -2 missing, -1 accepted, else the tries left
local code = redis.call('HMGET', KEYS[1], 'digest', 'expires_at')
if not code[1] then
    return -2
end
if tonumber(ARGV[2]) >= tonumber(code[2]) then
    redis.call('DEL', KEYS[1])
    return -2
end
if code[1] == ARGV[1] then
    redis.call('DEL', KEYS[1])
    return -1
end
local tries_left = redis.call('HINCRBY', KEYS[1], 'tries_left', -1)
if tries_left <= 0 then
    redis.call('DEL', KEYS[1])
    return 0
end
return tries_left
