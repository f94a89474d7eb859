-- Counts a hit on every key, if none of them is full; the keys are sorted sets of the hits within
-- their windows, by moment.
-- KEYS     what is counted
-- ARGV     now (µs), id of the hit or '' to count nothing, then for each key: limit, window (µs),
--          keep for (ms)
-- Returns  the key that has to wait longest (from 1; 0 when none has to) and its wait (µs)
local now = tonumber(ARGV[1])
local longest, wait = 0, 0
for i, key in ipairs(KEYS) do
    local limit, window = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
    -- '%.0f', for Lua itself writes no more than 14 digits.
    redis.call('ZREMRANGEBYSCORE', key, '-inf', string.format('%.0f', now - window))
    local surplus = redis.call('ZCARD', key) - limit
    if surplus >= 0 then
        -- There is room again once this hit has left the window.
        local last = redis.call('ZRANGE', key, surplus, surplus, 'WITHSCORES')
        local until_then = tonumber(last[2]) + window - now
        if until_then >= wait then
            longest, wait = i, until_then
        end
    end
end
if longest == 0 and ARGV[2] ~= '' then
    for i, key in ipairs(KEYS) do
        redis.call('ZADD', key, ARGV[1], ARGV[2])
        redis.call('PEXPIRE', key, ARGV[3 * i + 2])
    end
end
return { longest, wait }
