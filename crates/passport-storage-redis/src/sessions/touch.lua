-- Records that a session was used, if it is live.
-- KEYS[1]  the record
-- ARGV[1]  now (µs)
-- ARGV[2]  time for which an expired record is kept (ms)
local record = redis.call('HMGET', KEYS[1], 'last_seen_at', 'idle', 'expires_at')
if not record[1] then
    return
end
local now, last_seen_at = tonumber(ARGV[1]), tonumber(record[1])
local idle, expires_at = tonumber(record[2]), tonumber(record[3])
if now <= last_seen_at or now >= last_seen_at + idle or now >= expires_at then
    return
end
redis.call('HSET', KEYS[1], 'last_seen_at', ARGV[1])
local rest = math.min(idle, expires_at - now)
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.ceil(rest / 1000) + ARGV[2]))
