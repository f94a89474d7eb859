use std::{
    fmt,
    hint::black_box,
    str::FromStr,
    sync::atomic::{AtomicU32, Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use bcrypt::{BASE_64 as BCRYPT_BASE64, Version};
use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::{Password, PasswordHash, PasswordHasher, UnsupportedHash, Verification};

/// Password hasher for passlib's format `bcrypt-sha256`, version 2:
/// `$bcrypt-sha256$v=2,t=2b,r=12$<salt>$<digest>`.
///
/// bcrypt alone ignores everything after 72 bytes or a NUL. This format hashes the base64 text of
/// HMAC-SHA-256(salt, password) instead, so that the whole password counts. The format is
/// documented at <https://passlib.readthedocs.io/en/stable/lib/passlib.hash.bcrypt_sha256.html>;
/// other libraries support it too.
///
/// Every mismatch takes the work of the configured cost, or of the highest cost seen in a stored
/// hash if that is higher. After the cost was lowered, only the first comparison with an older hash
/// in each process can be recognised by its duration; from then on mismatches are as slow as before
/// the change.
#[derive(Debug)]
pub struct BcryptSha256 {
    cost: BcryptCost,
    /// Maximum of `cost` and the costs of all compared hashes.
    highest_cost: AtomicU32,
}

/// At the default cost.
impl Default for BcryptSha256 {
    fn default() -> Self {
        Self::new(BcryptCost::DEFAULT)
    }
}

impl BcryptSha256 {
    /// Creates a hasher with this cost, which requests the renewal of hashes with a lower cost.
    pub fn new(cost: BcryptCost) -> Self {
        Self { cost, highest_cost: AtomicU32::new(cost.0) }
    }

    /// Does the work by which a mismatch at `cost` is cheaper than one at the highest cost. Hashing
    /// once at each cost from `n` to `m - 1` takes `2^m - 2^n` rounds.
    fn make_up_for(&self, cost: BcryptCost, password: &Password) {
        for cost in cost.0..self.highest_cost.load(Ordering::Relaxed) {
            black_box(Parts::compute(BcryptCost(cost), [0; 16], password));
        }
    }
}

impl PasswordHasher for BcryptSha256 {
    fn hash(&self, password: &Password, rng: &mut dyn CryptoRng) -> PasswordHash {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        Parts::compute(self.cost, salt, password).to_hash()
    }

    fn verify(
        &self,
        password: &Password,
        hash: &PasswordHash,
    ) -> Result<Verification, UnsupportedHash> {
        let stored: Parts = hash.as_str().parse()?;
        self.highest_cost.fetch_max(stored.cost.0, Ordering::Relaxed);
        let computed = Parts::compute(stored.cost, stored.salt, password);
        if stored.digest.as_bytes().ct_eq(computed.digest.as_bytes()).into() {
            Ok(Verification::Match { renew: stored.cost < self.cost })
        } else {
            self.make_up_for(stored.cost, password);
            Ok(Verification::Mismatch)
        }
    }

    fn decoy(&self) -> PasswordHash {
        // The digest is all zeros, and no input with this digest is known.
        Parts { cost: self.cost, salt: [0; 16], digest: ".".repeat(DIGEST_LEN) }.to_hash()
    }
}

/// bcrypt's cost, the base-2 logarithm of the number of rounds: 4 to 14.
///
/// Each step doubles the work; cost 12 takes about 200 ms. Stored hashes with a cost above 14 are
/// rejected too, because comparing with them would block the CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BcryptCost(u32);

impl BcryptCost {
    /// Minimum cost; for tests only.
    pub const MIN: u32 = 4;
    /// Maximum cost.
    pub const MAX: u32 = 14;
    /// Default cost. OWASP's minimum is 10; 12 accounts for faster hardware.
    pub const DEFAULT: Self = Self(12);

    /// Creates a cost.
    ///
    /// # Errors
    ///
    /// `cost` is not between [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    pub fn new(cost: u32) -> Result<Self, BcryptCostError> {
        match cost {
            Self::MIN..=Self::MAX => Ok(Self(cost)),
            _ => Err(BcryptCostError(cost)),
        }
    }
}

impl fmt::Display for BcryptCost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The cost is out of bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "bcrypt cost must be {min} to {max}, not {0}",
    min = BcryptCost::MIN,
    max = BcryptCost::MAX
)]
pub struct BcryptCostError(u32);

const SALT_LEN: usize = 22;
const DIGEST_LEN: usize = 31;

/// The fields of a stored hash.
struct Parts {
    cost: BcryptCost,
    salt: [u8; 16],
    digest: String,
}

impl Parts {
    fn compute(cost: BcryptCost, salt: [u8; 16], password: &Password) -> Self {
        #[cfg(test)]
        tests::ROUNDS.set(tests::ROUNDS.get() + (1 << cost.0));
        let mut mac = Hmac::<Sha256>::new_from_slice(BCRYPT_BASE64.encode(salt).as_bytes())
            .expect("an HMAC key may have any length");
        mac.update(password.expose().as_bytes());
        let key = Zeroizing::new(STANDARD.encode(mac.finalize().into_bytes()));
        let hashed = bcrypt::hash_with_salt(key.as_bytes(), cost.0, salt)
            .expect("cost is within bcrypt's bounds and the key has 44 bytes without a NUL")
            .format_for_version(Version::TwoB);
        // The output is `$2b$12$`, the salt, then the digest.
        Self { cost, salt, digest: hashed[hashed.len() - DIGEST_LEN..].to_owned() }
    }

    fn to_hash(&self) -> PasswordHash {
        let Self { cost, salt, digest } = self;
        let salt = BCRYPT_BASE64.encode(salt);
        PasswordHash::new(format!("$bcrypt-sha256$v=2,t=2b,r={cost}${salt}${digest}"))
    }
}

impl FromStr for Parts {
    type Err = UnsupportedHash;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let rest = text.strip_prefix("$bcrypt-sha256$v=2,t=2b,r=").ok_or(UnsupportedHash)?;
        let mut fields = rest.split('$');
        let (Some(cost), Some(salt), Some(digest), None) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            return Err(UnsupportedHash);
        };
        if salt.len() != SALT_LEN || digest.len() != DIGEST_LEN {
            return Err(UnsupportedHash);
        }
        let cost = cost.parse().ok().and_then(|cost| BcryptCost::new(cost).ok());
        let salt = BCRYPT_BASE64.decode(salt).ok().and_then(|salt| salt.try_into().ok());
        match (cost, salt) {
            (Some(cost), Some(salt)) => Ok(Self { cost, salt, digest: digest.to_owned() }),
            _ => Err(UnsupportedHash),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    thread_local! {
        /// Number of bcrypt rounds computed on this thread.
        pub(super) static ROUNDS: Cell<u64> = const { Cell::new(0) };
    }

    fn hasher(cost: u32) -> BcryptSha256 {
        BcryptSha256::new(BcryptCost::new(cost).unwrap())
    }

    fn hash(text: &str) -> PasswordHash {
        hasher(4).hash(&Password::new(text).unwrap(), &mut StdRng::seed_from_u64(1))
    }

    fn verify(text: &str, hash: &PasswordHash) -> Result<Verification, UnsupportedHash> {
        hasher(4).verify(&Password::new(text).unwrap(), hash)
    }

    #[test]
    fn pwd_7_verifies_hashes_of_passlib() {
        // Made with passlib 1.7.4: `bcrypt_sha256.using(rounds=…).hash(password)`.
        for line in include_str!("../tests/vectors/passlib.tsv").lines() {
            let (password, stored) = line.split_once('\t').unwrap();
            let stored = PasswordHash::new(stored);
            let outcome = verify(password, &stored).unwrap();
            assert!(matches!(outcome, Verification::Match { .. }), "{password}");
            let outcome = verify(&format!("{password}x"), &stored).unwrap();
            assert_eq!(outcome, Verification::Mismatch, "{password}");
        }
    }

    #[test]
    fn pwd_7_has_passlibs_form() {
        let hash = hash("correct horse");
        assert!(hash.as_str().starts_with("$bcrypt-sha256$v=2,t=2b,r=4$"), "{}", hash.as_str());
        assert_eq!(hash.as_str().len(), "$bcrypt-sha256$v=2,t=2b,r=4$".len() + 22 + 1 + 31);
    }

    #[test]
    fn pwd_4_every_character_counts() {
        let head = "a".repeat(72);
        let stored = hash(&format!("{head}X"));
        assert_eq!(verify(&format!("{head}X"), &stored), Ok(Verification::Match { renew: false }));
        assert_eq!(verify(&format!("{head}Y"), &stored), Ok(Verification::Mismatch));
        let stored = hash("123456789\0X");
        assert_eq!(verify("123456789\0Y", &stored), Ok(Verification::Mismatch));
        assert_eq!(verify("123456789", &stored), Ok(Verification::Mismatch));
        assert_eq!(verify("Caf\u{e9} noir", &hash("caf\u{e9} noir")), Ok(Verification::Mismatch));
    }

    #[test]
    fn a_lower_cost_requests_renewal() {
        let (stored, password) = (hash("correct horse"), Password::new("correct horse").unwrap());
        let outcome = hasher(5).verify(&password, &stored);
        assert_eq!(outcome, Ok(Verification::Match { renew: true }));
    }

    #[test]
    fn salts_differ() {
        let mut rng = StdRng::seed_from_u64(1);
        let password = Password::new("correct horse").unwrap();
        assert_ne!(hasher(4).hash(&password, &mut rng), hasher(4).hash(&password, &mut rng));
    }

    #[test]
    fn enu_2_decoy_matches_nothing_and_has_the_cost() {
        let decoy = hasher(5).decoy();
        assert!(decoy.as_str().contains("r=5$"));
        assert_eq!(verify("", &decoy), Ok(Verification::Mismatch));
        assert_eq!(verify("correct horse", &decoy), Ok(Verification::Mismatch));
    }

    /// Number of rounds of a comparison that does not match.
    fn rounds_of_mismatch(hasher: &BcryptSha256, text: &str, stored: &PasswordHash) -> u64 {
        ROUNDS.set(0);
        let outcome = hasher.verify(&Password::new(text).unwrap(), stored);
        assert_eq!(outcome, Ok(Verification::Mismatch));
        ROUNDS.get()
    }

    fn hash_at(cost: u32) -> PasswordHash {
        let password = Password::new("correct horse").unwrap();
        hasher(cost).hash(&password, &mut StdRng::seed_from_u64(1))
    }

    #[test]
    fn enu_2_a_mismatch_takes_the_same_work_at_every_lower_cost() {
        let hasher = hasher(9);
        for stored in (4..=9).map(hash_at).chain([hasher.decoy()]) {
            assert_eq!(rounds_of_mismatch(&hasher, "wrong horse", &stored), 1 << 9);
        }
    }

    #[test]
    fn enu_2_a_higher_cost_is_recognisable_once() {
        let hasher = hasher(5);
        assert_eq!(rounds_of_mismatch(&hasher, "wrong horse", &hasher.decoy()), 1 << 5);
        for stored in [hash_at(8), hash_at(4), hash_at(7), hasher.decoy()] {
            assert_eq!(rounds_of_mismatch(&hasher, "wrong horse", &stored), 1 << 8);
        }
    }

    #[test]
    fn a_match_takes_only_the_work_of_its_own_cost() {
        ROUNDS.set(0);
        let stored = hash_at(4);
        let outcome = hasher(9).verify(&Password::new("correct horse").unwrap(), &stored);
        assert_eq!(outcome, Ok(Verification::Match { renew: true }));
        assert_eq!(ROUNDS.get(), 2 << 4, "one hash and one comparison");
    }

    #[test]
    fn pwd_9_refuses_foreign_and_costly_hashes() {
        let (salt, digest) = (".".repeat(22), ".".repeat(31));
        let bad = [
            String::new(),
            "plain".to_owned(),
            format!("$2b$12${salt}{digest}"),
            format!("$bcrypt-sha256$v=2,t=2b,r=20${salt}${digest}"),
            format!("$bcrypt-sha256$v=2,t=2b,r=3${salt}${digest}"),
            format!("$bcrypt-sha256$v=2,t=2b,r=4${salt}{digest}"),
            format!("$bcrypt-sha256$v=2,t=2b,r=4${salt}${digest}$"),
            format!("$bcrypt-sha256$v=2,t=2b,r=4${salt}${digest}."),
            format!("$bcrypt-sha256$v=1,t=2b,r=4${salt}${digest}"),
        ];
        for text in bad {
            assert_eq!(verify("x", &PasswordHash::new(&text)), Err(UnsupportedHash), "{text}");
        }
    }
}
