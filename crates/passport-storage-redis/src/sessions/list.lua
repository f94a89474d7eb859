-- Lists the sessions of a subject. Removes the entries of expired records from the index.
-- KEYS[1]  the subject's index
-- ARGV[1]  prefix of records
-- Returns  for each: names and values of its fields
local sessions = {}
local entries = redis.call('HGETALL', KEYS[1])
for i = 1, #entries, 2 do
    local session = redis.call('HGETALL', ARGV[1] .. entries[i + 1])
    if session[1] then
        sessions[#sessions + 1] = session
    else
        redis.call('HDEL', KEYS[1], entries[i])
    end
end
return sessions
