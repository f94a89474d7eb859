DROP TABLE throttle_hits;
DROP TABLE codes;
