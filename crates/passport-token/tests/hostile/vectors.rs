//! Examples of the standards.

use passport_token::{Jwk, PublicKey};

use super::*;

fn public(jwk: Value) -> PublicKey {
    let jwk: Jwk = serde_json::from_value(jwk).unwrap();
    PublicKey::from_jwk(&jwk).unwrap()
}

/// Verifies a token's signature alone, since the examples are no access tokens.
fn verifies(key: &PublicKey, token: &str) -> bool {
    let (message, signature) = token.rsplit_once('.').unwrap();
    key.verify(message.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).is_ok()
}

#[test]
fn rfc8037_a_3_and_a_4_ed25519() {
    let key = public(json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    }));
    assert_eq!(key.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    let token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.\
        hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg";
    assert!(verifies(&key, token));
    assert!(!verifies(&key, &token.replace("eyJhbG", "eyJhbH")));
    assert_eq!(World::new().verify(token), Err(TokenError::Type));
}

#[test]
fn rfc7515_a_3_es256() {
    let key = public(json!({
        "kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"
    }));
    let token = "eyJhbGciOiJFUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.\
        DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
    assert!(verifies(&key, token));
    assert!(!verifies(&key, &token.replace("eyJhbG", "eyJhbH")));
}

/// The example of RFC 7515, appendix A.5: an unsecured token.
#[test]
fn rfc7515_a_5_unsecured_is_refused() {
    let token = "eyJhbGciOiJub25lIn0.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.";
    assert!(World::new().verify(token).is_err());
}

/// The set of RFC 7517, appendix A.1, has a P-256 key for encryption and one for RSA.
#[test]
fn rfc7517_keys_of_other_kinds_and_uses_are_left_out() {
    let good = key(Algorithm::EdDsa);
    let jwk = serde_json::to_value(good.public().to_jwk("good")).unwrap();
    let set = json!({"keys": [
        {"kty": "EC", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
            "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM", "use": "enc", "kid": "1"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB", "alg": "RS256", "kid": "2011-04-29"},
        {"kty": "oct", "k": "c2VjcmV0", "alg": "HS256", "kid": "shared"},
        {"kty": "OKP", "crv": "X25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "kid": "x"},
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        {"kty": 5}, null, "text",
        jwk
    ], "more": true});
    let keys = KeySet::from_json(set.to_string().as_bytes()).unwrap();
    assert_eq!(keys.len(), 1);
    assert!(keys.get("good").is_some());
    for bad in ["", "[]", "{}", r#"{"keys":{}}"#, r#"{"keys":[]}"#, "null"] {
        assert!(KeySet::from_json(bad.as_bytes()).is_err(), "{bad}");
    }
}
