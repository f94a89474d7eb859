-- Keeps the response of a request that runs under the token.
-- KEYS[1]  the record
-- ARGV     token, response, expires at (µs), time to live (ms), now (µs)
-- Returns  1 if the response is kept
local record = redis.call('HMGET', KEYS[1], 'token', 'expires_at')
if record[1] ~= ARGV[1] or tonumber(ARGV[5]) >= tonumber(record[2]) then
    return 0
end
-- Without a token the record is neither finished again nor abandoned.
redis.call('HDEL', KEYS[1], 'token')
redis.call('HSET', KEYS[1], 'response', ARGV[2], 'expires_at', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
