-- What a code is charged to, which scripts that begin with this file use, after counts, codes and series.
-- KEYS     counts, the code, series
-- ARGV     now (µs), id of the hit, number of counts in which it is counted, number of all counts, time
--          after which a series is forgotten (µs), time to live of a series (ms), the counts, the series,
--          then what is done with the code
local now, counts = tonumber(ARGV[1]), tonumber(ARGV[4])
local code_key, first_series = KEYS[counts + 1], counts + 2
local series = #KEYS - counts - 1
local series_at = 7 + 3 * counts
local code_at = series_at + 4 * series

-- Why the act does not pass: 1, the index of the count with the longest wait and its wait (µs); or 2 and
-- what `decide` returns. Nothing if it passes; then also the tallies of the series.
local function refusal()
    local longest, wait = longest_wait(counts, 7, now)
    if longest > 0 then
        return { 1, longest, wait }
    end
    local blocked, tallies = decide(series, first_series, series_at, now, tonumber(ARGV[5]))
    if blocked ~= 0 then
        return { 2, blocked }
    end
    return nil, tallies
end

local function charge()
    count_hit(tonumber(ARGV[3]), 7, ARGV[1], ARGV[2])
end
