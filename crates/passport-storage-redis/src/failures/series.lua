-- Series of failures, which scripts that begin with this file use. A series is a hash of the number of
-- failures and the moment of the last one (µs). The rule is that of `passport_throttle::Tally`. The keys of
-- `n` series are in KEYS from `first`; ARGV has for each, from `at`: free failures, first delay (µs), longest
-- delay (µs), limit.

-- Decides about an attempt. A series is forgotten after `remembered` (µs).
-- Returns -1 if a series has stopped, else the longest wait (µs), 0 if the attempt may go on; and a list of,
-- for each series, the number of failures with this attempt and the moment of the last one before (µs).
local function decide(n, first, at, now, remembered)
    local longest_wait, is_stopped, tallies = 0, false, {}
    for i = 1, n do
        local place = at + 4 * (i - 1)
        local free, delay, longest, stop = unpack(ARGV, place, place + 3)
        local tally = redis.call('HMGET', KEYS[first + i - 1], 'failures', 'last')
        local failures, last = tonumber(tally[1] or 0), tonumber(tally[2] or 0)
        if math.abs(now - last) >= remembered then
            failures = 0
        end
        is_stopped = is_stopped or failures >= tonumber(stop)
        -- A failure that lies the longest delay or more in the future delays nothing: the clock was set
        -- back.
        if failures > tonumber(free) and last - now < tonumber(longest) then
            local wait = math.min(delay * 2 ^ (failures - free - 1), longest)
            longest_wait = math.max(longest_wait, math.min(last + wait - now, wait))
        end
        tallies[2 * i - 1], tallies[2 * i] = failures + 1, last
    end
    if is_stopped then
        return -1, tallies
    end
    return longest_wait, tallies
end

-- Counts the failures of an attempt at `moment` (µs, as text) as `tallies` has them, to live for `keep` (ms).
local function count_failures(n, first, tallies, moment, keep)
    for i = 1, n do
        local key = KEYS[first + i - 1]
        redis.call('HSET', key, 'failures', tallies[2 * i - 1], 'last', moment)
        redis.call('PEXPIRE', key, keep)
    end
end
