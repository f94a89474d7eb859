-- Forgets a code if it is the one that is meant.
-- KEYS[1]  the code
-- ARGV[1]  its digest
if redis.call('HGET', KEYS[1], 'digest') == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
