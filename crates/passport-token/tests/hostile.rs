//! Tokens of attackers: RFC 8725 and RFC 7515, each rule a test. Nothing passes but what the issuer signed
//! for this audience and this time.

#![cfg(test)]

#[path = "hostile/forms.rs"]
mod forms;
#[path = "hostile/headers.rs"]
mod headers;
#[path = "hostile/mutations.rs"]
mod mutations;
#[path = "hostile/payloads.rs"]
mod payloads;
#[path = "hostile/signatures.rs"]
mod signatures;
#[path = "hostile/vectors.rs"]
mod vectors;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_token::{Algorithm, Claims, JwkSet, KeySet, Rules, SigningKey, TokenError};
use serde_json::{Value, json};

const ISSUER: &str = "https://passport.example";
const AUDIENCE: &str = "shop";
const NOW: u64 = 1_796_000_000;

/// An issuer with a key of each algorithm, and the rules of an application.
struct World {
    keys: Vec<SigningKey>,
    set: KeySet,
    rules: Rules,
}

impl World {
    fn new() -> Self {
        let keys: Vec<_> = Algorithm::ALL.into_iter().map(key).collect();
        let set = JwkSet { keys: keys.iter().map(|key| key.public().to_jwk(key.id())).collect() };
        let set = KeySet::new(&set).unwrap();
        Self { keys, set, rules: Rules::new(ISSUER, AUDIENCE).unwrap() }
    }

    fn ed(&self) -> &SigningKey {
        &self.keys[0]
    }

    fn es(&self) -> &SigningKey {
        &self.keys[1]
    }

    fn verify(&self, token: &str) -> Result<Claims, TokenError> {
        self.rules.verify(token, &self.set, at(NOW))
    }

    /// Verifies a token with this header and payload, correctly signed by the Ed25519 key.
    fn verify_signed(&self, header: &str, payload: &str) -> Result<Claims, TokenError> {
        self.verify(&signed(self.ed(), header, payload))
    }

    /// Verifies a token whose payload has `change`, correctly signed.
    fn verify_with(&self, change: impl FnOnce(&mut Value)) -> Result<Claims, TokenError> {
        let mut payload = payload();
        change(&mut payload);
        self.verify_signed(&header(self.ed()).to_string(), &payload.to_string())
    }

    /// Verifies a token whose header has `change`, correctly signed.
    fn verify_header(&self, change: impl FnOnce(&mut Value)) -> Result<Claims, TokenError> {
        let mut header = header(self.ed());
        change(&mut header);
        self.verify_signed(&header.to_string(), &payload().to_string())
    }
}

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::from_pkcs8(algorithm, &SigningKey::generate(algorithm).unwrap()).unwrap()
}

fn header(key: &SigningKey) -> Value {
    json!({"typ": "at+jwt", "alg": key.public().algorithm().as_str(), "kid": key.id()})
}

fn payload() -> Value {
    json!({
        "iss": ISSUER, "sub": "0199a2c4-7d1e-7000-8000-2b1c5e9f0a11", "aud": AUDIENCE,
        "client_id": "shop", "iat": NOW - 60, "exp": NOW + 540, "jti": "j-1", "sid": "s-1",
        "auth_time": NOW - 3_600, "amr": ["pwd"],
    })
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn signed(key: &SigningKey, header: &str, payload: &str) -> String {
    let message = format!("{}.{}", encode(header), encode(payload));
    let signature = key.signature(message.as_bytes()).unwrap();
    format!("{message}.{}", encode(signature))
}

fn good(key: &SigningKey) -> String {
    signed(key, &header(key).to_string(), &payload().to_string())
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(seconds)
}

#[test]
fn a_token_of_the_issuer_is_accepted() {
    let world = World::new();
    for key in &world.keys {
        let claims = world.verify(&good(key)).unwrap();
        assert_eq!(claims.subject, "0199a2c4-7d1e-7000-8000-2b1c5e9f0a11");
        assert_eq!(claims.methods, ["pwd"]);
        assert_eq!(world.verify(&key.sign(&claims).unwrap()), Ok(claims));
    }
}

#[test]
fn debug_shows_no_phone_number_and_no_private_key() {
    let world = World::new();
    let claims = world.verify_with(|it| it["phone_number"] = json!("+8613800138000")).unwrap();
    assert_eq!(claims.phone_number.as_deref(), Some("+8613800138000"));
    assert!(!format!("{claims:?}").contains("138"));
    let shown = format!("{:?}", world.ed());
    assert_eq!(shown, format!("SigningKey {{ id: {:?}, .. }}", world.ed().id()));
}
