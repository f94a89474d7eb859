-- Counts a hit on the first counts, if no count is full.
-- KEYS     counts
-- ARGV     now (µs), id of the hit, number of counts in which it is counted, then the counts
-- Returns  index of the count with the longest wait (from 1; 0 if none has to wait) and its wait (µs)
local longest, wait = longest_wait(#KEYS, 4, tonumber(ARGV[1]))
if longest == 0 then
    count_hit(tonumber(ARGV[3]), 4, ARGV[1], ARGV[2])
end
return { longest, wait }
