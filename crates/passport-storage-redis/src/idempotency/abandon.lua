-- Deletes the record of a request that runs under the token.
-- KEYS[1]  the record
-- ARGV     token
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then
    redis.call('DEL', KEYS[1])
end
