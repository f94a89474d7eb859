//! Any text as a token, and any bytes as correctly signed contents: no panic, and nothing is accepted that
//! was not signed.

#![no_main]

use std::{
    sync::LazyLock,
    time::{Duration, UNIX_EPOCH},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use passport_token::{Algorithm, JwkSet, KeySet, Rules, SigningKey};

struct World {
    key: SigningKey,
    keys: KeySet,
    rules: Rules,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let document = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let key = SigningKey::from_pkcs8(Algorithm::EdDsa, &document).unwrap();
    let keys = KeySet::new(&JwkSet { keys: vec![key.public().to_jwk("k")] }).unwrap();
    World { key, keys, rules: Rules::new("https://passport.example", "shop").unwrap() }
});

fuzz_target!(|bytes: &[u8]| {
    let World { key, keys, rules } = &*WORLD;
    let now = UNIX_EPOCH + Duration::from_secs(1_796_000_000);
    if let Ok(text) = str::from_utf8(bytes) {
        assert!(rules.verify(text, keys, now).is_err());
    }
    _ = KeySet::from_json(bytes);
    let header = URL_SAFE_NO_PAD.encode(r#"{"typ":"at+jwt","alg":"EdDSA","kid":"k"}"#);
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(bytes));
    let signature = URL_SAFE_NO_PAD.encode(key.signature(message.as_bytes()).unwrap());
    if let Ok(claims) = rules.verify(&format!("{message}.{signature}"), keys, now) {
        assert_eq!(claims.audience, "shop");
    }
});
