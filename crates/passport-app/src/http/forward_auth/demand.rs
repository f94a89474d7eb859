//! What a proxy demands of a request, by parameters.

use std::time::Duration;

use passport_auth::{Authenticated, Freshness};
use passport_session::{Method, Methods, Session};
use percent_encoding::percent_decode_str;
use time::OffsetDateTime;

use crate::http::api::{
    names::{method_name, method_named},
    problem::{Code, Problem},
};

/// Longest age of a proof that can be asked for.
const LONGEST_AGE: u64 = 365 * 24 * 3600;

/// How far the clocks of two nodes may be apart.
const CLOCK_SKEW: Duration = Duration::from_mins(1);

/// What a request has to have, and how it is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) on_deny: OnDeny,
    /// `fresh`: the greatest age of the last proof.
    fresh: Option<Duration>,
    /// `methods`: kinds of proof that the session has to have, all of them.
    methods: Methods,
    /// `token`: the application that gets an access token with the request.
    pub(super) token: Option<String>,
}

/// `on_deny`: the answer to a request without a live session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum OnDeny {
    /// 401
    #[default]
    Refuse,
    /// 302 to the sign-in, where the request is that of a browser which loads a page.
    Redirect,
}

/// The proofs that a session lacks for a demand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Missing {
    methods: Vec<Method>,
    /// Whether the page for confirmations asks for them.
    pub(super) can_be_confirmed: bool,
}

impl From<Missing> for Problem {
    fn from(Missing { methods, .. }: Missing) -> Self {
        let accepted: Vec<_> = methods.into_iter().map(method_name).collect();
        Self::from(Code::ConfirmationRequired).with("accepted", accepted)
    }
}

/// A parameter that is unknown, is there twice, or has a value that is not allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Misspelt;

impl Demand {
    /// The demand that `parameters` state: `name=value` with `&` between, or `-` or nothing for none.
    ///
    /// # Errors
    ///
    /// [`Misspelt`]: a demand that is not understood must not become none.
    pub(super) fn read(parameters: &str) -> Result<Self, Misspelt> {
        let mut demand = Self::default();
        if matches!(parameters, "" | "-") {
            return Ok(demand);
        }
        let mut seen = Vec::new();
        for parameter in parameters.split('&') {
            let (name, value) = parameter.split_once('=').ok_or(Misspelt)?;
            if seen.contains(&name) {
                return Err(Misspelt);
            }
            seen.push(name);
            // Clients that encode a comma mean one.
            let value = percent_decode_str(value).decode_utf8().map_err(|_| Misspelt)?;
            match (name, &*value) {
                ("on_deny", "401") => demand.on_deny = OnDeny::Refuse,
                ("on_deny", "302") => demand.on_deny = OnDeny::Redirect,
                ("fresh", seconds) => demand.fresh = Some(age(seconds)?),
                ("methods", names) => demand.methods = methods(names)?,
                ("token", name) => demand.token = Some(application(name)?),
                _ => return Err(Misspelt),
            }
        }
        Ok(demand)
    }

    /// Refuses a session that does not have at `now` what is asked for.
    ///
    /// # Errors
    ///
    /// The proofs that would change it.
    pub(super) fn require(
        &self,
        Authenticated { user, session, .. }: &Authenticated,
        now: OffsetDateTime,
    ) -> Result<(), Missing> {
        let accepted = Freshness::accepted(user);
        let methods: Vec<_> = self.missing(session).iter().collect();
        if !methods.is_empty() {
            let can_be_confirmed = methods.iter().all(|it| accepted.contains(it));
            return Err(Missing { methods, can_be_confirmed });
        }
        if self.is_fresh(session, now) {
            Ok(())
        } else {
            Err(Missing { methods: accepted.to_vec(), can_be_confirmed: true })
        }
    }

    fn is_fresh(&self, session: &Session, now: OffsetDateTime) -> bool {
        let proved = session.authenticated_at;
        // A proof in the future is that of a clock that was set back.
        self.fresh.is_none_or(|age| now <= proved + age && proved <= now + CLOCK_SKEW)
    }

    fn missing(&self, session: &Session) -> Methods {
        self.methods.iter().filter(|method| !session.methods.contains(*method)).collect()
    }
}

fn age(seconds: &str) -> Result<Duration, Misspelt> {
    let is_number = !seconds.is_empty() && seconds.bytes().all(|it| it.is_ascii_digit());
    let seconds: u64 = seconds.parse().ok().filter(|_| is_number).ok_or(Misspelt)?;
    if (1..=LONGEST_AGE).contains(&seconds) {
        Ok(Duration::from_secs(seconds))
    } else {
        Err(Misspelt)
    }
}

fn application(name: &str) -> Result<String, Misspelt> {
    let is_name = !name.is_empty()
        && name.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    is_name.then(|| name.to_owned()).ok_or(Misspelt)
}

fn methods(names: &str) -> Result<Methods, Misspelt> {
    names.split(',').map(|name| method_named(name).ok_or(Misspelt)).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use passport_session::{Lifetime, NewSession};
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;

    const NOW: OffsetDateTime = datetime!(2026-11-29 21:00 UTC);

    fn session(methods: Methods) -> Session {
        let lifetime = Lifetime::new(Duration::from_hours(1), Duration::from_hours(24)).unwrap();
        let new = NewSession { methods, ..NewSession::new(Uuid::nil(), lifetime) };
        Session::begin(new, NOW)
    }

    #[test]
    fn fwd_2_a_parameter_that_is_not_understood_is_refused() {
        for good in [
            "",
            "-",
            "on_deny=401",
            "on_deny=302&fresh=300",
            "fresh=1",
            "methods=password,code&fresh=31536000",
            "methods=password%2Ccode",
            "token=shop&on_deny=302",
        ] {
            assert!(Demand::read(good).is_ok(), "{good}");
        }
        for bad in [
            "freshh=300",
            "Fresh=300",
            "fresh",
            "fresh=",
            "fresh=0",
            "fresh=-1",
            "fresh=+1",
            "fresh=300s",
            "fresh=1e3",
            "fresh=31536001",
            "fresh=99999999999999999999",
            "fresh=300&fresh=31536000",
            "fresh=300&",
            "&fresh=300",
            "&",
            "on_deny=303",
            "on_deny=",
            "on%5fdeny=302",
            "methods=",
            "methods=passwort",
            "methods=password,",
            "methods=pwd",
            "token=",
            "token=Shop",
            "token=https://shop.example",
            "token=shop&token=bank",
            "factor=2",
            "return_to=https://evil.example",
            "fresh=300;on_deny=302",
            "fresh=300%26on_deny=302",
            "methods=password%FF",
            "-&fresh=300",
        ] {
            assert_eq!(Demand::read(bad), Err(Misspelt), "{bad}");
        }
    }

    #[test]
    fn fwd_2_a_proof_is_as_old_as_is_allowed_and_no_older() {
        let demand = Demand::read("fresh=300").unwrap();
        let session = session(Methods::default());
        for (seconds, is_met) in [(-61, false), (-60, true), (0, true), (300, true), (301, false)] {
            let now = NOW + time::Duration::seconds(seconds);
            assert_eq!(demand.is_fresh(&session, now), is_met, "{seconds}");
        }
        assert!(Demand::default().is_fresh(&session, NOW + Duration::from_hours(2)));
    }

    #[test]
    fn fwd_2_a_session_needs_all_the_methods_that_are_named() {
        let both = Demand::read("methods=password,code").unwrap();
        let one = Demand::read("methods=password").unwrap();
        for (methods, of_one, of_both) in [
            (Methods::default(), false, false),
            (Methods::from(Method::Code), false, false),
            (Methods::from(Method::Password), true, false),
            (Methods::from(Method::Password).with(Method::Code), true, true),
        ] {
            let (session, none) = (session(methods), Methods::default());
            assert_eq!(one.missing(&session) == none, of_one, "{methods:?}");
            assert_eq!(both.missing(&session) == none, of_both, "{methods:?}");
        }
    }
}
