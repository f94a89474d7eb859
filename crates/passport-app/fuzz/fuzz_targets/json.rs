//! Any body must give an object that serde_json reads the same, or a typed fault, without a panic.
#![no_main]
#![allow(dead_code, reason = "a part of the app's modules is compiled")]

use libfuzzer_sys::fuzz_target;

mod http;

fuzz_target!(|body: &[u8]| http::read(body));
