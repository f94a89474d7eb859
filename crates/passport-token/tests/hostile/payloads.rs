//! Claims are checked after the signature, so these tokens are all correctly signed.

use serde_json::json;

use super::*;

#[test]
fn rfc8725_3_8_the_issuer_is_compared_exactly() {
    let world = World::new();
    for issuer in [
        json!("https://attacker.example"),
        json!("https://passport.example/"),
        json!("https://PASSPORT.example"),
        json!("https://passport.example."),
        json!("http://passport.example"),
        json!("https://passport.example.attacker.example"),
        json!(""),
    ] {
        let refused = world.verify_with(|it| it["iss"] = issuer.clone());
        assert_eq!(refused, Err(TokenError::Issuer), "{issuer}");
    }
    for issuer in [json!([ISSUER]), json!(null), json!(1)] {
        let refused = world.verify_with(|it| it["iss"] = issuer.clone());
        assert_eq!(refused, Err(TokenError::Claim("iss")), "{issuer}");
    }
}

#[test]
fn rfc8725_3_9_the_audience_is_this_application_alone() {
    let world = World::new();
    for audience in [
        json!("bank"),
        json!("Shop"),
        json!("shop "),
        json!("sho"),
        json!("shop2"),
        json!(""),
        json!(["shop"]),
        json!(["shop", "bank"]),
        json!(["bank"]),
        json!([]),
        json!(null),
        json!({"shop": true}),
        json!(0),
    ] {
        let refused = world.verify_with(|it| it["aud"] = audience.clone());
        assert_eq!(refused, Err(TokenError::Audience), "{audience}");
    }
    let without = world.verify_with(|it| _ = it.as_object_mut().unwrap().remove("aud"));
    assert_eq!(without, Err(TokenError::Claim("aud")));
}

#[test]
fn times_hold_to_the_second() {
    let world = World::new();
    let exp = |exp: u64| world.verify_with(|it| it["exp"] = json!(exp)).err();
    // The leeway is five seconds.
    assert_eq!(exp(NOW - 4), None);
    assert_eq!(exp(NOW - 5), Some(TokenError::Expired));
    let iat = |iat: u64| world.verify_with(|it| it["iat"] = json!(iat)).err();
    assert_eq!(iat(NOW + 5), None);
    assert_eq!(iat(NOW + 6), Some(TokenError::NotYetValid));
    let nbf = |nbf: u64| world.verify_with(|it| it["nbf"] = json!(nbf)).err();
    assert_eq!(nbf(NOW + 5), None);
    assert_eq!(nbf(NOW + 6), Some(TokenError::NotYetValid));
    let strict = world.rules.clone().with_leeway(Duration::ZERO).unwrap();
    let token = good(world.ed());
    assert!(strict.verify(&token, &world.set, at(NOW + 539)).is_ok());
    assert_eq!(strict.verify(&token, &world.set, at(NOW + 540)), Err(TokenError::Expired));
    assert_eq!(strict.verify(&token, &world.set, at(NOW - 61)), Err(TokenError::NotYetValid));
    // A clock before 1970 is one that is wrong.
    let early = UNIX_EPOCH - Duration::from_secs(1);
    assert_eq!(strict.verify(&token, &world.set, early), Err(TokenError::NotYetValid));
}

#[test]
fn times_are_whole_seconds() {
    let world = World::new();
    for name in ["exp", "iat", "nbf", "auth_time"] {
        for value in [
            "1796000540.5",
            "1796000540.0",
            "1.79600054e9",
            "-1",
            "-0",
            "9007199254740992",
            "18446744073709551615",
            "18446744073709551616",
            "1e400",
            "\"1796000540\"",
            "null",
            "true",
            "[1796000540]",
            "{}",
        ] {
            let mut payload = payload();
            payload[name] = json!("HERE");
            let payload = payload.to_string().replace("\"HERE\"", value);
            let refused = world.verify_signed(&header(world.ed()).to_string(), &payload);
            assert!(
                matches!(refused, Err(TokenError::Claim(it)) if it == name)
                    || matches!(refused, Err(TokenError::Malformed(_))),
                "{name}: {value}: {refused:?}"
            );
        }
    }
    // The greatest time overflows nothing.
    let far = world.verify_with(|it| it["exp"] = json!(9_007_199_254_740_991_u64));
    assert!(far.is_ok());
    assert_eq!(
        world.verify_with(|it| it["iat"] = json!(9_007_199_254_740_991_u64)),
        Err(TokenError::NotYetValid)
    );
}

#[test]
fn required_claims_are_there() {
    let world = World::new();
    for name in ["iss", "sub", "aud", "client_id", "iat", "exp", "jti", "sid", "auth_time"] {
        let without = world.verify_with(|it| _ = it.as_object_mut().unwrap().remove(name));
        assert_eq!(without, Err(TokenError::Claim(name)));
    }
    for (name, value) in [
        ("sub", json!(1)),
        ("sub", json!(["a"])),
        ("amr", json!("pwd")),
        ("amr", json!([1])),
        ("phone_number", json!(8_613_800_138_000_u64)),
    ] {
        let refused = world.verify_with(|it| it[name] = value);
        assert_eq!(refused, Err(TokenError::Claim(name)));
    }
}

#[test]
fn rfc7519_4_claims_are_unique() {
    let world = World::new();
    let plain = payload().to_string();
    for (name, value) in [
        ("aud", "\"bank\""),
        ("exp", "9007199254740991"),
        ("sub", "\"another\""),
        ("s\\u0075b", "\"another\""),
        ("unknown", "1,\"unknown\":2"),
    ] {
        for payload in [
            format!("{{\"{name}\":{value},{}", &plain[1..]),
            format!("{},\"{name}\":{value}}}", &plain[..plain.len() - 1]),
        ] {
            let refused = world.verify_signed(&header(world.ed()).to_string(), &payload);
            assert!(matches!(refused, Err(TokenError::Malformed(_))), "{payload}: {refused:?}");
        }
    }
}

#[test]
fn payloads_are_objects() {
    let world = World::new();
    let header = header(world.ed()).to_string();
    let plain = payload().to_string();
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(2_000), "]".repeat(2_000));
    for payload in [
        "",
        "null",
        "[]",
        "\"text\"",
        "{",
        &deep,
        &format!("[{plain}]"),
        &format!("{plain}{plain}"),
        &format!("{plain}x"),
        &format!("\u{feff}{plain}"),
        &plain.replace(':', "="),
        &plain.replace('"', "'"),
    ] {
        let refused = world.verify_signed(&header, payload);
        assert!(matches!(refused, Err(TokenError::Malformed(_))), "{payload}: {refused:?}");
    }
    let invalid = [b"{\"a\":\"".as_slice(), &[0xff, 0xfe], b"\"}"].concat();
    let message = format!("{}.{}", encode(&header), encode(invalid));
    let signature = encode(world.ed().signature(message.as_bytes()).unwrap());
    let refused = world.verify(&format!("{message}.{signature}"));
    assert!(matches!(refused, Err(TokenError::Malformed(_))), "{refused:?}");
    // Other claims, and white space, are not a fault.
    assert!(world.verify_signed(&header, &format!(" {plain}\n")).is_ok());
    assert!(world.verify_with(|it| it["scope"] = json!({"nested": {"a": [1]}})).is_ok());
}
