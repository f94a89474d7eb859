//! The people of a filled table. Everything about person `n` follows from `n`, so the load can name any of
//! them without reading a table.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use passport_session::SessionToken;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::outcome::Outcome;

/// Password of every filled user.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Numbers that can be in use: a mainland prefix and eight digits, of which the first is below 5. Numbers
/// above belong to people who are not in a table.
pub(crate) const MOST_PEOPLE: usize = 50_000_000;

/// Creation of person 0, in milliseconds since 1970: 1 January 2025.
const FIRST_SIGN_UP: u64 = 1_735_689_600_000;

/// Time between two sign-ups in milliseconds.
const BETWEEN_SIGN_UPS: u64 = 10_000;

/// The national number of person `n`.
pub(crate) fn mobile(n: usize) -> String {
    format!("138{n:08}")
}

/// The number of person `n` in E.164.
pub(crate) fn phone(n: usize) -> String {
    format!("+86{}", mobile(n))
}

/// Initial display name: the masked number.
pub(crate) fn nick_name(n: usize) -> String {
    let mobile = mobile(n);
    format!("{}****{}", &mobile[..3], &mobile[7..])
}

/// Time of the sign-up in milliseconds since 1970.
pub(crate) fn signed_up_at(n: usize) -> u64 {
    FIRST_SIGN_UP + BETWEEN_SIGN_UPS * n as u64
}

/// Id of the user: version 7, of the time of the sign-up.
pub(crate) fn user_id(n: usize) -> Uuid {
    Builder::from_unix_timestamp_millis(signed_up_at(n), &hash_of("user", n)).into_uuid()
}

/// Public id of the session: version 7, of the time at which the table was filled.
pub(crate) fn session_id(n: usize, filled_at: u64) -> Uuid {
    Builder::from_unix_timestamp_millis(filled_at, &hash_of("session", n)).into_uuid()
}

/// Token of the session.
pub(crate) fn token(n: usize) -> Outcome<SessionToken> {
    Ok(token_text(n).parse()?)
}

/// Cookie of the session. The service is reached by plain HTTP on this machine.
pub(crate) fn cookie(n: usize) -> String {
    format!("passport_session={}", token_text(n))
}

/// A permutation of `0..people`: neighbours are far from each other, and each comes once before any comes
/// again.
pub(crate) fn scattered(n: usize, people: usize) -> usize {
    // A prime larger than every number of people, so it has no common factor with one.
    const STEP: u128 = 2_147_483_647;
    let place = (n as u128 * STEP) % people.max(1) as u128;
    usize::try_from(place).unwrap_or_default()
}

fn token_text(n: usize) -> String {
    let bytes: [u8; 32] = Sha256::digest(format!("token {n}")).into();
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Bytes that look random and follow from `what` and `n`.
pub(crate) fn hash_of<const N: usize>(what: &str, n: usize) -> [u8; N] {
    let digest = Sha256::digest(format!("{what} {n}"));
    std::array::from_fn(|place| digest[place])
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use passport_user::{NickName, PhoneNumber};

    use super::*;

    #[test]
    fn a_person_has_the_number_and_name_that_the_service_would_give() {
        for n in [0, 7, 123_456, MOST_PEOPLE - 1] {
            let number = PhoneNumber::from_e164(phone(n)).unwrap();
            assert_eq!(NickName::from_phone(&number).as_str(), nick_name(n));
        }
    }

    #[test]
    fn ids_begin_with_time() {
        assert!(user_id(1) < user_id(2) && user_id(999) < user_id(1_000));
        assert_eq!(user_id(5).get_version_num(), 7);
    }

    #[test]
    fn scattering_names_each_person_once() {
        for people in [1, 10, 1_000, 4_096] {
            let all: HashSet<_> = (0..people).map(|n| scattered(n, people)).collect();
            assert_eq!(all.len(), people);
        }
        assert!(scattered(1, 1_000).abs_diff(scattered(2, 1_000)) > 50);
    }

    #[test]
    fn a_cookie_has_the_token_of_its_session() {
        let (_, text) =
            cookie(7).split_once('=').map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let token: SessionToken = text.parse().unwrap();
        assert_eq!(token.digest(), super::token(7).unwrap().digest());
    }
}
