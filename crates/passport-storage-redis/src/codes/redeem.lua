-- Compares a guess with the code; a right guess spends it, a wrong one costs a try.
-- KEYS[1]  the code
-- ARGV     digest of the guess, now (µs)
-- Returns  nothing when it is missing, the tries left after a wrong guess, and after a right one the
--          tries left and when it would have expired (µs)
local code = redis.call('HMGET', KEYS[1], 'digest', 'expires_at', 'tries_left')
if not code[1] then
    return {}
end
if tonumber(ARGV[2]) >= tonumber(code[2]) then
    redis.call('DEL', KEYS[1])
    return {}
end
if code[1] == ARGV[1] then
    redis.call('DEL', KEYS[1])
    return { tonumber(code[3]), tonumber(code[2]) }
end
local tries_left = redis.call('HINCRBY', KEYS[1], 'tries_left', -1)
if tries_left <= 0 then
    redis.call('DEL', KEYS[1])
    return { 0 }
end
return { tries_left }
