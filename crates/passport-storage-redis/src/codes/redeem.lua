-- Compares a guess with the code. A right guess spends the code, a wrong one costs a try.
-- KEYS[1]  the code
-- ARGV     digest of the guess, now (µs), binding or nothing
-- Returns  nothing if there is no live code of the binding; after a wrong guess the tries left; after a
--          right one the tries left and the moment of expiry (µs)
local code = redis.call('HMGET', KEYS[1], 'digest', 'expires_at', 'tries_left', 'binding')
if not code[1] then
    return {}
end
if tonumber(ARGV[2]) >= tonumber(code[2]) then
    redis.call('DEL', KEYS[1])
    return {}
end
-- A former version stored codes without this field: they are not bound.
if (code[4] or '') ~= ARGV[3] then
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
