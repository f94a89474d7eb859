-- Compares a guess with the code.
-- KEYS[1]  the code
-- ARGV     now (µs), then the guess as `redeem_code` reads it
-- Returns  what `redeem_code` does
return redeem_code(KEYS[1], 2, tonumber(ARGV[1]))
