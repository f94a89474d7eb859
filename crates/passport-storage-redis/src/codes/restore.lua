-- Puts a spent code back, unless another one lives or its end has come.
-- KEYS[1]  the code
-- ARGV     digest, tries left, expires at (µs), keep for (ms), now (µs)
local now = tonumber(ARGV[5])
local living = redis.call('HGET', KEYS[1], 'expires_at')
if now >= tonumber(ARGV[3]) or (living and now < tonumber(living)) then
    return
end
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'tries_left', ARGV[2], 'expires_at', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
