-- Compares a guess with a code, if there is room for a wrong one, and charges a wrong one.
-- Returns  0 and what `redeem_code` does, or what `refusal` does
local refused, tallies = refusal()
if refused then
    return refused
end
local redeemed = redeem_code(code_key, code_at, now)
if #redeemed == 1 then
    charge()
    count_failures(series, first_series, tallies, ARGV[1], ARGV[6])
elseif #redeemed == 2 then
    for i = first_series, #KEYS do
        redis.call('DEL', KEYS[i])
    end
end
return { 0, unpack(redeemed) }
