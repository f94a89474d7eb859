-- Stores a code and charges it, or does neither.
-- Returns  0, or what `refusal` does
local refused = refusal()
if refused then
    return refused
end
charge()
put_code(code_key, code_at)
return { 0 }
