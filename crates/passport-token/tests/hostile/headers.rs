//! The header chooses neither algorithm nor key.

use hmac_by_ring::hs256;
use passport_token::{Algorithm, JwkSet, KeySet, KeySetError, TokenError};
use serde_json::json;

use super::*;

mod hmac_by_ring {
    use ring::hmac::{HMAC_SHA256, Key, sign};

    /// HMAC-SHA-256 of `message`.
    pub(super) fn hs256(secret: &[u8], message: &[u8]) -> Vec<u8> {
        sign(&Key::new(HMAC_SHA256, secret), message).as_ref().to_vec()
    }
}

#[test]
fn rfc8725_3_1_no_algorithm_is_refused() {
    let world = World::new();
    for name in ["none", "None", "NONE", "nOnE", "", " none", "none\0"] {
        let mut header = header(world.ed());
        header["alg"] = json!(name);
        let message = format!("{}.{}", encode(header.to_string()), encode(payload().to_string()));
        let unsigned = world.verify(&format!("{message}."));
        assert_eq!(unsigned, Err(TokenError::Signature), "{name:?}");
        let full = world.verify(&format!("{message}.{}", encode([0; 64])));
        assert_eq!(full, Err(TokenError::Algorithm), "{name:?}");
        let really_signed = world.verify_header(|it| it["alg"] = json!(name));
        assert_eq!(really_signed, Err(TokenError::Algorithm), "{name:?}");
    }
}

#[test]
fn rfc8725_3_1_a_public_key_is_no_shared_secret() {
    let world = World::new();
    for key in &world.keys {
        let jwk = key.public().to_jwk(key.id());
        let raw = URL_SAFE_NO_PAD.decode(jwk.x.clone().unwrap()).unwrap();
        let text = serde_json::to_vec(&jwk).unwrap();
        for secret in [raw.as_slice(), jwk.x.clone().unwrap().as_bytes(), &text, b""] {
            for algorithm in ["HS256", "HS512", "EdDSA", "ES256"] {
                let header = json!({"typ": "at+jwt", "alg": algorithm, "kid": key.id()});
                let message =
                    format!("{}.{}", encode(header.to_string()), encode(payload().to_string()));
                let mut code = hs256(secret, message.as_bytes());
                let short = world.verify(&format!("{message}.{}", encode(&code)));
                assert_eq!(short, Err(TokenError::Signature));
                code.extend(code.clone());
                assert!(world.verify(&format!("{message}.{}", encode(&code))).is_err());
            }
        }
    }
}

#[test]
fn rfc8725_3_1_the_algorithm_is_that_of_the_key() {
    let world = World::new();
    for name in ["ES256", "eddsa", "EDDSA", "Ed25519", "RS256", "PS256", "ES384", "HS256"] {
        let refused = world.verify_header(|it| it["alg"] = json!(name));
        assert_eq!(refused, Err(TokenError::Algorithm), "{name}");
    }
    // The name of the other algorithm does not turn the bytes of a key into a key of that algorithm.
    let crossed = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": world.es().id()});
    let token = signed(world.es(), &crossed.to_string(), &payload().to_string());
    assert_eq!(world.verify(&token), Err(TokenError::Algorithm));
    for form in [json!(null), json!(1), json!(["EdDSA"]), json!({"alg": "EdDSA"})] {
        assert!(world.verify_header(|it| it["alg"] = form).is_err());
    }
}

#[test]
fn rfc8725_3_2_another_key_with_the_same_id_is_refused() {
    let world = World::new();
    for algorithm in Algorithm::ALL {
        let other = key(algorithm);
        let known = world.keys.iter().find(|it| it.public().algorithm() == algorithm).unwrap();
        let token = signed(&other, &header(known).to_string(), &payload().to_string());
        assert_eq!(world.verify(&token), Err(TokenError::Signature));
        assert_eq!(world.verify(&good(&other)), Err(TokenError::UnknownKey));
    }
}

#[test]
fn rfc8725_3_10_the_id_of_a_key_is_compared_only() {
    let world = World::new();
    let id = world.ed().id().to_owned();
    let long = "k".repeat(129);
    for hostile in [
        "../../../../dev/null",
        "/etc/passwd",
        "' OR '1'='1",
        "x' UNION SELECT 'secret' --",
        "| sleep 5",
        "http://attacker.example/key",
        "%2e%2e%2f",
        "",
        " ",
        "钥匙",
        "a\0b",
        "a\r\nb",
        &long,
        &format!("{id} "),
        &format!(" {id}"),
        &id.to_ascii_lowercase(),
        &id[..id.len() - 1],
    ] {
        let refused = world.verify_header(|it| it["kid"] = json!(hostile));
        assert_eq!(refused, Err(TokenError::UnknownKey), "{hostile:?}");
    }
    for form in [json!(0), json!(null), json!([id]), json!({"kid": id}), json!(true)] {
        assert!(world.verify_header(|it| it["kid"] = form.clone()).is_err(), "{form}");
    }
    let without = world.verify_header(|it| _ = it.as_object_mut().unwrap().remove("kid"));
    assert_eq!(without, Err(TokenError::UnknownKey));
}

#[test]
fn rfc7515_4_parameters_are_unique() {
    let world = World::new();
    let (kid, alg) = (world.ed().id(), "EdDSA");
    for header in [
        format!(r#"{{"typ":"at+jwt","alg":"none","alg":"{alg}","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"{alg}","alg":"none","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}","kid":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"other","k\u0069d":"{kid}"}}"#),
        format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}","x":1,"x":2}}"#),
    ] {
        let refused = world.verify_signed(&header, &payload().to_string());
        assert_eq!(refused, Err(TokenError::Malformed("the header is not an object")), "{header}");
    }
}

#[test]
fn rfc8725_3_10_headers_bring_no_keys() {
    let world = World::new();
    let attacker = key(Algorithm::EdDsa);
    let jwk = serde_json::to_value(attacker.public().to_jwk(attacker.id())).unwrap();
    for (name, value) in [
        ("jku", json!("https://attacker.example/jwks.json")),
        ("jwk", jwk),
        ("x5u", json!("https://attacker.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("dGh1bWI")),
        ("x5t#S256", json!("dGh1bWI")),
        ("jku", json!(null)),
    ] {
        let mut header = header(world.ed());
        header[name] = value;
        let by_issuer = signed(world.ed(), &header.to_string(), &payload().to_string());
        let by_attacker = signed(&attacker, &header.to_string(), &payload().to_string());
        for token in [by_issuer, by_attacker] {
            assert_eq!(world.verify(&token), Err(TokenError::Header(name)), "{header}");
        }
    }
}

#[test]
fn rfc7515_4_1_11_critical_extensions_are_refused() {
    let world = World::new();
    for value in [json!([]), json!(["b64"]), json!(["exp"]), json!("b64"), json!(null)] {
        let refused = world.verify_header(|it| it["crit"] = value.clone());
        assert_eq!(refused, Err(TokenError::Header("crit")), "{value}");
    }
}

#[test]
fn rfc7797_unencoded_payloads_are_refused() {
    let world = World::new();
    for value in [json!(false), json!(true)] {
        let refused = world.verify_header(|it| it["b64"] = value.clone());
        assert_eq!(refused, Err(TokenError::Header("b64")), "{value}");
    }
    let header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": world.ed().id(), "b64": false,
        "crit": ["b64"]});
    let message = format!("{}.{}", encode(header.to_string()), "payload");
    let signature = encode(world.ed().signature(message.as_bytes()).unwrap());
    assert!(world.verify(&format!("{message}.{signature}")).is_err());
}

#[test]
fn rfc8725_3_11_tokens_of_other_types_are_refused() {
    let world = World::new();
    for kind in
        ["JWT", "jwt", "id_token", "logout+jwt", "dpop+jwt", "secevent+jwt", "at", "", "at+JWT "]
    {
        let refused = world.verify_header(|it| it["typ"] = json!(kind));
        assert_eq!(refused, Err(TokenError::Type), "{kind:?}");
    }
    let untyped = world.verify_header(|it| _ = it.as_object_mut().unwrap().remove("typ"));
    assert_eq!(untyped, Err(TokenError::Type));
    assert!(world.verify_header(|it| it["typ"] = json!(["at+jwt"])).is_err());
    // Media types have no case, and may be written in full.
    for kind in ["AT+JWT", "application/at+jwt"] {
        assert!(world.verify_header(|it| it["typ"] = json!(kind)).is_ok(), "{kind}");
    }
}

#[test]
fn a_set_with_two_keys_of_one_id_is_refused() {
    let (one, two) = (key(Algorithm::EdDsa), key(Algorithm::EdDsa));
    let set = JwkSet { keys: vec![one.public().to_jwk("k"), two.public().to_jwk("k")] };
    assert_eq!(KeySet::new(&set).unwrap_err(), KeySetError::TwoKeysOfOneId("k".to_owned()));
    let same = JwkSet { keys: vec![one.public().to_jwk("k"), one.public().to_jwk("k")] };
    assert_eq!(KeySet::new(&same).unwrap().len(), 1);
}
