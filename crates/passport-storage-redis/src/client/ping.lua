-- Writes, as the stores do: fails on a Redis that is full, is a replica or forbids the user to write.
-- KEYS[1]  key of the probe
-- ARGV[1]  time to live (ms)
redis.call('SET', KEYS[1], '', 'PX', ARGV[1])
