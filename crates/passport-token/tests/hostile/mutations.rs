//! Random changes of good tokens. A failure names the seed.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::*;

const ROUNDS: u64 = 20_000;

/// Neither a panic nor an accepted forgery: what passes has the claims that were signed.
#[test]
fn no_mutation_of_a_token_passes() {
    let world = World::new();
    let tokens: Vec<_> = world.keys.iter().map(good).collect();
    let claims = world.verify(&tokens[0]).unwrap();
    for seed in 0..ROUNDS {
        let mut rng = StdRng::seed_from_u64(seed);
        let mut bytes = tokens[rng.random_range(0..tokens.len())].clone().into_bytes();
        for _ in 0..rng.random_range(1..4) {
            let at = rng.random_range(0..bytes.len());
            match rng.random_range(0..4) {
                0 => bytes[at] = rng.random(),
                1 => _ = bytes.remove(at),
                2 => bytes.insert(at, b"A-_.=+ \n"[rng.random_range(0..8)]),
                _ => bytes.swap(at, rng.random_range(0..at + 1)),
            }
        }
        let Ok(text) = String::from_utf8(bytes) else { continue };
        if let Ok(found) = world.verify(&text) {
            assert!(tokens.contains(&text), "seed {seed}: {text} passes");
            assert_eq!(found, claims);
        }
    }
}

/// Contents of any kind, correctly signed, cause no panic.
#[test]
fn signed_noise_causes_no_panic() {
    const PIECES: [&str; 16] = [
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"exp\"",
        "\"aud\"",
        "\"shop\"",
        "1796000540",
        "-1",
        "1e999",
        "null",
        "\"iss\"",
        "\"\\ud800\"",
        " ",
    ];
    let world = World::new();
    let header = header(world.ed()).to_string();
    for seed in 0..ROUNDS / 4 {
        let mut rng = StdRng::seed_from_u64(seed);
        let noise: String = (0..rng.random_range(0..40))
            .map(|_| PIECES[rng.random_range(0..PIECES.len())])
            .collect();
        assert!(world.verify_signed(&header, &noise).is_err(), "seed {seed}");
        assert!(world.verify_signed(&noise, &payload().to_string()).is_err(), "seed {seed}");
    }
}
