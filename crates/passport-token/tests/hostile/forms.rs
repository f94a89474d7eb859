//! Forms of tokens: base64, parts, lengths.

use passport_token::MAX_TOKEN_LENGTH;

use super::*;

#[test]
fn parts_are_three() {
    let world = World::new();
    let token = good(world.ed());
    let (header, rest) = token.split_once('.').unwrap();
    let (payload, signature) = rest.split_once('.').unwrap();
    // Five parts are an encrypted token (RFC 7516).
    for other in [
        String::new(),
        ".".to_owned(),
        "...".to_owned(),
        header.to_owned(),
        format!("{header}.{payload}"),
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{signature}"),
        format!("{header}.{payload}.{signature}.{signature}.{signature}"),
        format!("{header}.{payload}.iv.{signature}.tag"),
    ] {
        assert!(matches!(world.verify(&other), Err(TokenError::Malformed(_))), "{other}");
    }
    for other in [
        "..",
        &format!("..{signature}"),
        &format!("{header}..{signature}"),
        &format!("{header}.{payload}."),
    ] {
        assert!(world.verify(other).is_err(), "{other}");
    }
}

#[test]
fn base64_has_one_form() {
    let world = World::new();
    let token = good(world.ed());
    let parts: Vec<&str> = token.split('.').collect();
    for at in 0..3 {
        let with = |part: String| {
            let mut parts: Vec<String> = parts.iter().map(|&it| it.to_owned()).collect();
            parts[at] = part;
            parts.join(".")
        };
        let part = parts[at];
        for changed in [
            format!("{part}="),
            format!("{part}=="),
            format!("{part}\n"),
            format!(" {part}"),
            format!("{} {}", &part[..4], &part[4..]),
            format!("{}\r\n{}", &part[..4], &part[4..]),
            format!("{part}A"),
            part[..part.len() - 1].to_owned(),
            format!("{}+/", &part[..part.len() - 2]),
            format!("é{part}"),
            format!("{part}\0"),
            part.replace(['-', '_'], "+") + "+",
        ] {
            assert!(world.verify(&with(changed.clone())).is_err(), "part {at}: {changed:?}");
        }
    }
}

#[test]
fn unused_bits_are_zero() {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let world = World::new();
    for key in &world.keys {
        let token = good(key);
        // 64 bytes are 86 characters, whose last one has four unused bits.
        let last = ALPHABET.iter().position(|it| *it == *token.as_bytes().last().unwrap()).unwrap();
        assert_eq!(last % 16, 0);
        for bits in 1..16 {
            let mut other = token[..token.len() - 1].to_owned();
            other.push(ALPHABET[last + bits] as char);
            assert_eq!(world.verify(&other), Err(TokenError::Signature), "{bits}");
        }
    }
}

#[test]
fn every_truncation_is_refused() {
    let world = World::new();
    for key in &world.keys {
        let token = good(key);
        for length in 0..token.len() {
            assert!(world.verify(&token[..length]).is_err(), "{length}");
            assert!(world.verify(&token[token.len() - length..]).is_err(), "{length}");
        }
    }
}

#[test]
fn white_space_around_a_token_is_refused() {
    let world = World::new();
    let token = good(world.ed());
    for other in [
        format!(" {token}"),
        format!("{token} "),
        format!("{token}\n"),
        format!("Bearer {token}"),
        format!("\"{token}\""),
        format!("\u{feff}{token}"),
        token.replace('.', "\u{ff0e}"),
        token.replace('.', "%2e"),
    ] {
        assert!(world.verify(&other).is_err(), "{other:?}");
    }
}

#[test]
fn long_tokens_are_refused_before_they_are_read() {
    let world = World::new();
    for long in [
        "a".repeat(1 << 20),
        ".".repeat(1 << 20),
        format!("{}.{}.{}", "A".repeat(1 << 19), "A".repeat(1 << 19), "A".repeat(86)),
        "a".repeat(MAX_TOKEN_LENGTH + 1),
    ] {
        assert_eq!(world.verify(&long), Err(TokenError::TooLong));
    }
    let padded = world.verify_with(|it| it["x"] = json!("x".repeat(5_000)));
    assert!(padded.is_ok());
    let padded = world.verify_with(|it| it["x"] = json!("x".repeat(7_000)));
    assert_eq!(padded, Err(TokenError::TooLong));
}
