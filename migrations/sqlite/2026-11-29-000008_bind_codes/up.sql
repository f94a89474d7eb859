-- Identifier of the request that issued the code; null for a code that can be redeemed without it.
ALTER TABLE codes ADD COLUMN binding BLOB CHECK (length(binding) = 16);
