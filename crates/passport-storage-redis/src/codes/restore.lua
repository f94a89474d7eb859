-- Restores a spent code, unless it has expired or another code is live.
-- KEYS[1]  the code
-- ARGV     digest, tries left, expires at (µs), time to live (ms), now (µs), binding or nothing
local now = tonumber(ARGV[5])
local live_until = redis.call('HGET', KEYS[1], 'expires_at')
if now >= tonumber(ARGV[3]) or (live_until and now < tonumber(live_until)) then
    return
end
redis.call('HSET', KEYS[1],
    'digest', ARGV[1], 'tries_left', ARGV[2], 'expires_at', ARGV[3], 'binding', ARGV[6])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
