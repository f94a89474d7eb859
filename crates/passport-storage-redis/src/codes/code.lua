-- Codes, which scripts that begin with this file use. A code is a hash.

-- Stores a code, replacing any earlier one. ARGV from `at`: digest, tries left, expires at (µs), time to
-- live (ms), binding or nothing.
local function put_code(key, at)
    redis.call('HSET', key, 'digest', ARGV[at], 'tries_left', ARGV[at + 1],
        'expires_at', ARGV[at + 2], 'binding', ARGV[at + 4])
    redis.call('PEXPIRE', key, ARGV[at + 3])
end

-- Compares a guess with the code. A right guess spends the code, a wrong one costs a try. ARGV from `at`:
-- digest of the guess, binding or nothing.
-- Returns nothing if there is no live code of the binding; after a wrong guess the tries left; after a right
-- one the tries left and the moment of expiry (µs).
local function redeem_code(key, at, now)
    local code = redis.call('HMGET', key, 'digest', 'expires_at', 'tries_left', 'binding')
    if not code[1] then
        return {}
    end
    if now >= tonumber(code[2]) then
        redis.call('DEL', key)
        return {}
    end
    -- A former version stored codes without this field: they are not bound.
    if (code[4] or '') ~= ARGV[at + 1] then
        return {}
    end
    if code[1] == ARGV[at] then
        redis.call('DEL', key)
        return { tonumber(code[3]), tonumber(code[2]) }
    end
    local tries_left = redis.call('HINCRBY', key, 'tries_left', -1)
    if tries_left <= 0 then
        redis.call('DEL', key)
        return { 0 }
    end
    return { tries_left }
end
