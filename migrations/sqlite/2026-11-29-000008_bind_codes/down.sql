-- The former version does not compare bindings: such codes end here.
DELETE FROM codes WHERE binding IS NOT NULL;
ALTER TABLE codes DROP COLUMN binding;
