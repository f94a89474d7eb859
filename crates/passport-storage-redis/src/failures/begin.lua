-- Counts a failure in every series, if all of them allow an attempt. A series is a hash of the number of
-- failures and the moment of the last one (µs). The rule is that of `passport_throttle::Tally`.
-- KEYS     series
-- ARGV     now (µs), 1 to count or 0 to check only, time after which a series is forgotten (µs), time to
--          live (ms), then for each key: free failures, first delay (µs), longest delay (µs), limit
-- Returns  -1 if a series has stopped; or the longest wait (µs); or, if the attempt may go on, 0 and for each key: number
--          of failures with this one, moment of the last one before (µs)
local now, remembered = tonumber(ARGV[1]), tonumber(ARGV[3])
local longest_wait, is_stopped, answer = 0, false, { 0 }
for i, key in ipairs(KEYS) do
    local free, first, longest, stop = unpack(ARGV, 4 * i + 1, 4 * i + 4)
    local tally = redis.call('HMGET', key, 'failures', 'last')
    local failures, last = tonumber(tally[1] or 0), tonumber(tally[2] or 0)
    if math.abs(now - last) >= remembered then
        failures = 0
    end
    is_stopped = is_stopped or failures >= tonumber(stop)
    -- A failure that lies the longest delay or more in the future delays nothing: the clock was set back.
    if failures > tonumber(free) and last - now < tonumber(longest) then
        local delay = math.min(first * 2 ^ (failures - free - 1), longest)
        longest_wait = math.max(longest_wait, math.min(last + delay - now, delay))
    end
    answer[2 * i], answer[2 * i + 1] = failures + 1, last
end
if is_stopped then
    return { -1 }
end
if longest_wait > 0 then
    return { longest_wait }
end
if ARGV[2] == '1' then
    for i, key in ipairs(KEYS) do
        redis.call('HSET', key, 'failures', answer[2 * i], 'last', ARGV[1])
        redis.call('PEXPIRE', key, ARGV[4])
    end
end
return answer
