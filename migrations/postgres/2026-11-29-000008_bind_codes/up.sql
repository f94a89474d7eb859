-- Nothing: nodes that share a PostgreSQL database keep codes in Redis. The migration exists so that both
-- databases have migrations of the same names.
SELECT 1;
