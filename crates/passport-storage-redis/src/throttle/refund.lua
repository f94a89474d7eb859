-- Removes a hit.
-- KEYS     counts that it was counted in
-- ARGV     for each key: the member
for i, key in ipairs(KEYS) do
    redis.call('ZREM', key, ARGV[i])
end
