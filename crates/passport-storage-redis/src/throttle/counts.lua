-- Counts, which scripts that begin with this file use. A count is a sorted set of hits by moment; a
-- member is the id of the hit (16 bytes) and the window under which it was counted (decimal, µs). The
-- counts are the first of KEYS, and `at` is the place in ARGV where they begin: for each limit, window
-- (µs) and time to live (ms).

-- Number of hits in each count, which `longest_wait` has read.
local sizes = {}

-- Index of the count with the longest wait of the first `n` (from 1; 0 if none has to wait), and its wait
-- (µs).
local function longest_wait(n, at, now)
    local longest, wait = 0, 0
    for i = 1, n do
        local key, place = KEYS[i], at + 3 * (i - 1)
        local limit, window = tonumber(ARGV[place]), tonumber(ARGV[place + 1])
        sizes[i] = redis.call('ZCARD', key)
        local surplus = sizes[i] - limit
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
    return longest, wait
end

-- Counts the hit `id` at `moment` (µs, as text) in the first `n` counts, of which `longest_wait` was asked
-- before.
local function count_hit(n, at, moment, id)
    local now = tonumber(moment)
    for i = 1, n do
        local key, place = KEYS[i], at + 3 * (i - 1)
        local window, keep = ARGV[place + 1], ARGV[place + 2]
        if sizes[i] > 0 then
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
        end
        redis.call('ZADD', key, moment, id .. window)
        -- A count that had no hits has no time to live.
        if sizes[i] == 0 or redis.call('PTTL', key) < tonumber(keep) then
            redis.call('PEXPIRE', key, keep)
        end
    end
end
