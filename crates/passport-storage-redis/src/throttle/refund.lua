-- Takes a hit back.
-- KEYS     what it was counted under
-- ARGV[1]  id of the hit
for _, key in ipairs(KEYS) do
    redis.call('ZREM', key, ARGV[1])
end
