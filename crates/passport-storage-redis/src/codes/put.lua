-- Stores a code, replacing any earlier one.
-- KEYS[1]  the code
-- ARGV     digest, tries left, expires at (µs), time to live (ms), binding or nothing
redis.call('HSET', KEYS[1],
    'digest', ARGV[1], 'tries_left', ARGV[2], 'expires_at', ARGV[3], 'binding', ARGV[5])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
