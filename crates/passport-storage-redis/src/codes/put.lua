-- Stores a code.
-- KEYS[1]  the code
-- ARGV     the code, as `put_code` reads it
put_code(KEYS[1], 1)
