//! Verification of a token beside its limit, the bare verification of the signature by ring.
//!
//! `cargo bench -p passport-token`

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use divan::{Bencher, counter::ItemsCount};
use passport_token::{Algorithm, Claims, JwkSet, KeySet, Rules, SigningKey};
use ring::signature::{ECDSA_P256_SHA256_FIXED, ED25519, UnparsedPublicKey, VerificationAlgorithm};

const ISSUED: u64 = 1_796_000_000;

fn main() {
    divan::main();
}

fn token(algorithm: Algorithm) -> (SigningKey, String) {
    let document = SigningKey::generate(algorithm).expect("there is randomness");
    let key = SigningKey::from_pkcs8(algorithm, &document).expect("the key is valid");
    let claims = Claims {
        issuer: "https://passport.example".to_owned(),
        subject: "0199a2c4-7d1e-7000-8000-2b1c5e9f0a11".to_owned(),
        audience: "shop".to_owned(),
        client: "shop".to_owned(),
        issued_at: ISSUED,
        expires_at: ISSUED + 600,
        id: "0199a2c4-7d1e-7000-8000-2b1c5e9f0a12".to_owned(),
        session: "0199a2c4-7d1e-7000-8000-2b1c5e9f0a13".to_owned(),
        authenticated_at: ISSUED - 60,
        methods: vec!["pwd".to_owned(), "sms".to_owned(), "mfa".to_owned()],
        phone_number: None,
    };
    let token = key.sign(&claims).expect("the key signs");
    (key, token)
}

#[divan::bench(args = [Algorithm::EdDsa, Algorithm::Es256])]
fn verify(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
    let (key, token) = token(algorithm);
    let set = JwkSet { keys: vec![key.public().to_jwk(key.id())] };
    let keys = KeySet::new(&set).expect("the set is valid");
    let rules = Rules::new("https://passport.example", "shop").expect("the rules are valid");
    let now: SystemTime = UNIX_EPOCH + Duration::from_secs(ISSUED + 1);
    bencher
        .counter(ItemsCount::new(1_u32))
        .bench_local(|| rules.verify(&token, &keys, now).expect("the token is valid"));
}

#[divan::bench(args = [Algorithm::EdDsa, Algorithm::Es256])]
fn bare_signature(bencher: Bencher<'_, '_>, algorithm: Algorithm) {
    let (key, token) = token(algorithm);
    let (message, _) = token.rsplit_once('.').expect("the token has a signature");
    let signature = key.signature(message.as_bytes()).expect("the key signs");
    let jwk = key.public().to_jwk(key.id());
    let coordinate = |text: &Option<String>| {
        use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
        URL_SAFE_NO_PAD.decode(text.as_deref().unwrap_or_default()).expect("it is base64url")
    };
    let (kind, bytes): (&'static dyn VerificationAlgorithm, _) = match algorithm {
        Algorithm::EdDsa => (&ED25519, coordinate(&jwk.x)),
        Algorithm::Es256 => {
            (&ECDSA_P256_SHA256_FIXED, [vec![4], coordinate(&jwk.x), coordinate(&jwk.y)].concat())
        }
    };
    let public = UnparsedPublicKey::new(kind, bytes);
    bencher.counter(ItemsCount::new(1_u32)).bench_local(|| {
        public.verify(message.as_bytes(), signature.as_ref()).expect("the signature is valid");
    });
}
