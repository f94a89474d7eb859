//! Tests of the service from outside: the binary, over HTTP.
//!
//! Tests that need a server are ignored by default: a Redis at `PASSPORT_TEST_REDIS_URL`, a
//! PostgreSQL at `PASSPORT_TEST_POSTGRES_URL`, a chromedriver at `PASSPORT_TEST_WEBDRIVER_URL`, and the proxies at
//! `PASSPORT_TEST_NGINX`, `_CADDY`, `_TRAEFIK` and `_ENVOY`, which tests start.
//! `cargo test -- --include-ignored` runs them, and `./check` also starts the servers. The binary is
//! the one at `PASSPORT_TEST_BINARY`, or the one that cargo built beside the tests.

#![expect(clippy::unwrap_used, reason = "what helps tests is a test too")]

mod access_tokens;
mod account_crashes;
mod account_nodes;
mod account_outages;
mod accounts;
mod architecture;
mod attacks;
mod backup;
mod bearer;
mod bodies;
mod brand;
mod browser;
mod challenges;
mod cli;
mod client_address;
mod connections;
mod cookies;
mod cors;
mod cross_site;
mod csrf;
mod enumeration;
mod forward_auth;
mod gateways;
mod health;
mod hostile;
mod idempotency;
mod image_code;
mod keys;
mod limits;
mod login;
mod logs;
mod messages;
mod metrics;
mod nodes;
mod openapi;
mod operators;
mod outages;
mod own_sessions;
mod pages;
mod passwords;
mod problems;
mod readme;
mod receipts;
mod redis_states;
mod register;
mod repeats;
mod rotation;
mod round_trips;
mod runtime;
mod session_api;
mod sessions;
mod shared_cookie;
mod sms_code;
mod starting;
mod stopping;
mod stores;
mod support;
mod traces;
mod typed_numbers;
mod user_cache;
mod webhooks;
