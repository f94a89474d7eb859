-- Reads the hits of a count, and changes nothing.
-- KEYS     count
-- ARGV     last moment before the window, first moment after it (µs)
-- Returns  number of hits between, moment of the oldest and of the newest (µs; 0 without hits)
local from, to = '(' .. ARGV[1], '(' .. ARGV[2]
local oldest = redis.call('ZRANGEBYSCORE', KEYS[1], from, to, 'WITHSCORES', 'LIMIT', 0, 1)
local newest = redis.call('ZREVRANGEBYSCORE', KEYS[1], to, from, 'WITHSCORES', 'LIMIT', 0, 1)
return { redis.call('ZCOUNT', KEYS[1], from, to), tonumber(oldest[2] or 0), tonumber(newest[2] or 0) }
