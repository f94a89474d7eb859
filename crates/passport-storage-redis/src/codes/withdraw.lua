-- Deletes a code if it has the given digest.
-- KEYS[1]  the code
-- ARGV[1]  digest
if redis.call('HGET', KEYS[1], 'digest') == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
