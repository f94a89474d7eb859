-- Subtracts a failure. If it was the last one, the series is as it was before.
-- KEYS[1]  the series
-- ARGV     number of failures with this one, its moment (µs), moment of the one before (µs)
local tally = redis.call('HMGET', KEYS[1], 'failures', 'last')
local failures = tonumber(tally[1] or 0)
if failures <= 1 then
    redis.call('DEL', KEYS[1])
    return
end
redis.call('HSET', KEYS[1], 'failures', failures - 1)
if tally[1] == ARGV[1] and tally[2] == ARGV[2] and ARGV[3] ~= '' then
    redis.call('HSET', KEYS[1], 'last', ARGV[3])
end
