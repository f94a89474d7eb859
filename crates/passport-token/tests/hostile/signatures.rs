//! Signatures that are nearly right.

use passport_token::PublicKeyError;

use super::*;

/// Order of P-256.
const N: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// Order of the group of Ed25519, the least byte first.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn parts(token: &str) -> (&str, [u8; 64]) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    (message, URL_SAFE_NO_PAD.decode(signature).unwrap().try_into().unwrap())
}

fn with(message: &str, signature: impl AsRef<[u8]>) -> String {
    format!("{message}.{}", encode(signature))
}

#[test]
fn signatures_have_64_bytes() {
    let world = World::new();
    for key in &world.keys {
        let token = good(key);
        let (message, signature) = parts(&token);
        for other in [
            Vec::new(),
            signature[..63].to_vec(),
            signature[1..].to_vec(),
            [&signature[..], &[0]].concat(),
            [&[0][..], &signature].concat(),
            signature.repeat(2),
        ] {
            assert_eq!(world.verify(&with(message, other)), Err(TokenError::Signature));
        }
    }
}

#[test]
fn es256_in_the_form_of_asn1_is_refused() {
    let world = World::new();
    let token = good(world.es());
    let (message, signature) = parts(&token);
    let integer = |half: &[u8]| {
        let padding: &[u8] = if half[0] >= 0x80 { &[0] } else { &[] };
        let length = u8::try_from(half.len() + padding.len()).unwrap();
        [&[2, length][..], padding, half].concat()
    };
    let body = [integer(&signature[..32]), integer(&signature[32..])].concat();
    let der = [&[0x30, u8::try_from(body.len()).unwrap()][..], &body].concat();
    assert_eq!(world.verify(&with(message, der)), Err(TokenError::Signature));
}

#[test]
fn es256_zero_and_order_are_refused() {
    let world = World::new();
    let token = good(world.es());
    let (message, signature) = parts(&token);
    let (r, s) = (&signature[..32], &signature[32..]);
    for (r, s) in
        [(&[0; 32][..], s), (r, &[0; 32]), (&[0; 32], &[0; 32]), (&N, s), (r, &N), (&N, &N)]
    {
        assert_eq!(world.verify(&with(message, [r, s].concat())), Err(TokenError::Signature));
    }
}

/// JOSE does not ask for the lower of the two forms, and other libraries sign with both. So the text of
/// a token does not identify it: its `jti` does.
#[test]
fn es256_second_form_has_the_same_claims() {
    let world = World::new();
    let token = good(world.es());
    let (message, mut signature) = parts(&token);
    let mut borrow = 0;
    for at in (0..32).rev() {
        let difference = i32::from(N[at]) - i32::from(signature[32 + at]) - borrow;
        borrow = i32::from(difference < 0);
        signature[32 + at] = u8::try_from(difference.rem_euclid(256)).unwrap();
    }
    let other = with(message, signature);
    assert_ne!(other, token);
    assert_eq!(world.verify(&other).unwrap().id, world.verify(&token).unwrap().id);
}

#[test]
fn eddsa_s_above_the_order_is_refused() {
    let world = World::new();
    let token = good(world.ed());
    let (message, mut signature) = parts(&token);
    let mut carry = 0;
    for at in 0..32 {
        let sum = u32::from(signature[32 + at]) + u32::from(L[at]) + carry;
        signature[32 + at] = u8::try_from(sum % 256).unwrap();
        carry = sum / 256;
    }
    assert_eq!(carry, 0);
    assert_eq!(world.verify(&with(message, signature)), Err(TokenError::Signature));
}

#[test]
fn eddsa_small_order_points_are_refused() {
    let world = World::new();
    let token = good(world.ed());
    let (message, signature) = parts(&token);
    let points = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ];
    for point in points.map(|text| hex::decode(text).unwrap()) {
        for s in [&[0; 32][..], &signature[32..]] {
            let forged = [&point, s].concat();
            assert_eq!(world.verify(&with(message, forged)), Err(TokenError::Signature));
        }
        let jwk = serde_json::from_value(json!({
            "kty": "OKP", "crv": "Ed25519", "x": encode(&point), "kid": "small"
        }));
        let key = passport_token::PublicKey::from_jwk(&jwk.unwrap());
        assert_eq!(key, Err(PublicKeyError::Malformed));
    }
}

#[test]
fn a_signature_is_for_one_message() {
    let world = World::new();
    for key in &world.keys {
        let (one, mut other) = (good(key), payload());
        other["sub"] = json!("another");
        let other = signed(key, &header(key).to_string(), &other.to_string());
        let swapped = with(parts(&other).0, parts(&one).1);
        assert_eq!(world.verify(&swapped), Err(TokenError::Signature));
    }
}
