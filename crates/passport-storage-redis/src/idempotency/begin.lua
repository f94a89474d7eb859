-- Takes a request for execution, unless a live record of it exists.
-- KEYS[1]  the record
-- ARGV     fingerprint, token, end of the lease (µs), time to live (ms), now (µs)
-- Returns  outcome (0 started, 1 running, 2 done, 3 reused), expires at (µs), response
local record = redis.call('HMGET', KEYS[1], 'fingerprint', 'expires_at', 'response')
if record[1] and tonumber(ARGV[5]) < tonumber(record[2]) then
    if record[1] ~= ARGV[1] then
        return { 3, 0, '' }
    end
    if record[3] then
        return { 2, 0, record[3] }
    end
    return { 1, tonumber(record[2]), '' }
end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'fingerprint', ARGV[1], 'token', ARGV[2], 'expires_at', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return { 0, 0, '' }
