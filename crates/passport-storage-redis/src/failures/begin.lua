-- Counts a failure in every series, if all of them allow an attempt.
-- KEYS     series
-- ARGV     now (µs), 1 to count or 0 to check only, time after which a series is forgotten (µs), time to
--          live (ms), then the series
-- Returns  -1 if a series has stopped; or the longest wait (µs); or, if the attempt may go on, 0 and for each
--          key: number of failures with this one, moment of the last one before (µs)
local wait, tallies = decide(#KEYS, 1, 5, tonumber(ARGV[1]), tonumber(ARGV[3]))
if wait ~= 0 then
    return { wait }
end
if ARGV[2] == '1' then
    count_failures(#KEYS, 1, tallies, ARGV[1], ARGV[4])
end
return { 0, unpack(tallies) }
