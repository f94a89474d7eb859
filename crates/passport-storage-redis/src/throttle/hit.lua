-- Counts a hit on every key, if none of them is full. The keys are sorted sets of hits by moment;
-- a member is the id of the hit (16 bytes) and the window under which it was counted (decimal, µs).
-- KEYS     counts
-- ARGV     now (µs), id of the hit or '' to count nothing, then for each key: limit, window (µs),
--          time to live (ms)
-- Returns  index of the key with the longest wait (from 1; 0 if none has to wait) and its wait (µs)
local now = tonumber(ARGV[1])
local longest, wait = 0, 0
for i, key in ipairs(KEYS) do
    local limit, window = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
    local surplus = redis.call('ZCARD', key) - limit
    if surplus >= 0 then
        -- Hits a window or more in the future do not count: the clock was set back since.
        -- '%.0f', because Lua itself writes no more than 14 digits.
        surplus = surplus
            - redis.call('ZCOUNT', key, string.format('%.0f', now + window), '+inf')
    end
    if surplus >= 0 then
        -- There is room once this hit has left the window. Older ones play no part, so expired
        -- members that were not removed yet do no harm.
        local last = redis.call('ZRANGE', key, surplus, surplus, 'WITHSCORES')
        local until_then = math.min(tonumber(last[2]) + window - now, window)
        if until_then > 0 and until_then >= wait then
            longest, wait = i, until_then
        end
    end
end
if longest == 0 and ARGV[2] ~= '' then
    for i, key in ipairs(KEYS) do
        -- Removes up to 8 of the oldest hits whose own windows have ended: more than are added, and
        -- without a pause after a burst. The present window plays no part, because it may be
        -- narrower than that of an earlier quota.
        local oldest = redis.call('ZRANGE', key, 0, 7, 'WITHSCORES')
        local expired = 0
        while oldest[2 * expired + 1]
            and oldest[2 * expired + 2] + string.sub(oldest[2 * expired + 1], 17) <= now do
            expired = expired + 1
        end
        if expired > 0 then
            redis.call('ZREMRANGEBYRANK', key, 0, expired - 1)
        end
        redis.call('ZADD', key, ARGV[1], ARGV[2] .. ARGV[3 * i + 1])
        if redis.call('PTTL', key) < tonumber(ARGV[3 * i + 2]) then
            redis.call('PEXPIRE', key, ARGV[3 * i + 2])
        end
    end
end
return { longest, wait }
