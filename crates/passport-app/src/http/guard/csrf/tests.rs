use actix_web::test::TestRequest;
use passport_session::SessionToken;

use super::*;
use crate::http::cookies::{CookieKey, Cookies};

const OWN: &str = "https://passport.test";
const FOREIGN: &str = "https://evil.test";
const ORIGIN: &str = "Origin";
const SITE: &str = "Sec-Fetch-Site";
const TOKEN: &str = "X-CSRFToken";

type Fields<'a> = &'a [(&'static str, &'a str)];

/// A browser with a session cookie or without, and its CSRF token.
struct Browser {
    cookies: Cookies,
    session: Option<SessionToken>,
    token: String,
}

impl Browser {
    fn new(session: Option<SessionToken>) -> Self {
        let cookies = Cookies::new(false, CookieKey::new([1; 32]));
        let mut response = actix_web::HttpResponse::Ok().finish();
        let sessions: Vec<_> = session.iter().cloned().collect();
        let token = cookies.renew_csrf(&mut response, &sessions);
        Self { cookies, session, token }
    }

    /// Outcome of both rules for a request with `fields` and, if any, the CSRF cookie `token`.
    fn sends(
        &self,
        token: Option<&str>,
        fields: Fields<'_>,
    ) -> (Result<Authority, CrossSite>, Result<(), CrossSite>) {
        let origins = Origins::new([OWN.parse().unwrap()]);
        let mut request = TestRequest::post();
        if let Some(session) = &self.session {
            let cookie = format!("passport_session={}", session.expose());
            request = request.append_header((header::COOKIE, cookie));
        }
        if let Some(token) = token {
            request = request.append_header((header::COOKIE, format!("csrf_token={token}")));
        }
        for field in fields {
            request = request.append_header(*field);
        }
        let request = request.to_http_request();
        let tokens = self.cookies.csrf(&request);
        (refuse_foreign(&request, &tokens, &origins), require_own(&request, &tokens, &origins))
    }
}

fn session() -> SessionToken {
    SessionToken::generate(&mut rand::rng())
}

#[test]
fn ses_8_evidence_of_another_site_is_refused_by_both_rules() {
    let browser = Browser::new(Some(session()));
    let token = &*browser.token;
    let of = |fields: Fields<'_>| browser.sends(Some(token), fields);
    let refused = |why| (Err(why), Err(why));
    let repeated = (TOKEN, token);
    assert_eq!(of(&[(ORIGIN, FOREIGN), repeated]), refused(CrossSite::Origin));
    assert_eq!(of(&[(ORIGIN, "null"), repeated]), refused(CrossSite::Origin));
    assert_eq!(of(&[(SITE, "cross-site"), repeated]), refused(CrossSite::FetchSite));
    assert_eq!(of(&[(TOKEN, "u")]), refused(CrossSite::Token));
    assert_eq!(of(&[(TOKEN, "")]), refused(CrossSite::Token));
    assert_eq!(of(&[]), refused(CrossSite::Token));
    assert_eq!(of(&[repeated]), (Ok(Authority::Session), Ok(())));
}

#[test]
fn ses_8_one_rule_accepts_a_request_without_evidence_and_the_other_does_not() {
    let browser = Browser::new(None);
    let nothing = (Ok(Authority::Visitor), Err(CrossSite::Token));
    assert_eq!(browser.sends(None, &[]), nothing);
    assert_eq!(browser.sends(None, &[(TOKEN, "")]), nothing);
    assert_eq!(browser.sends(None, &[(TOKEN, &browser.token)]), nothing, "no cookie repeats it");
}

#[test]
fn ses_8_one_proof_of_an_own_page_is_enough() {
    let browser = Browser::new(Some(session()));
    for proof in [(ORIGIN, OWN), (SITE, "same-origin"), (SITE, "none")] {
        let outcome = browser.sends(None, &[proof]);
        assert_eq!(outcome, (Ok(Authority::Session), Ok(())), "{proof:?}");
    }
    let token = &browser.token;
    let (_, own) = browser.sends(Some(token), &[(SITE, "same-site"), (TOKEN, token)]);
    assert_eq!(own, Err(CrossSite::FetchSite));
}

#[test]
fn x4_an_empty_or_planted_token_never_passes() {
    let browser = Browser::new(Some(session()));
    for planted in ["", "abc123", "%61", &"0".repeat(96)] {
        let outcome = browser.sends(Some(planted), &[(TOKEN, planted)]);
        assert_eq!(outcome, (Err(CrossSite::Token), Err(CrossSite::Token)), "{planted:?}");
    }
}

#[test]
fn x4_a_token_of_another_time_or_session_gives_no_authority_over_the_session() {
    let (visitor, browser, other) =
        (Browser::new(None), Browser::new(Some(session())), Browser::new(Some(session())));
    for token in [&visitor.token, &other.token] {
        let outcome = browser.sends(Some(token), &[(TOKEN, token)]);
        assert_eq!(outcome, (Ok(Authority::Visitor), Err(CrossSite::Token)));
    }
}
