use std::time::Duration;

use super::*;

/// The `Set-Cookie` field of the session cookie, as its parts, and the token in it.
fn session_cookie(secure: bool, max_age: Option<Duration>) -> (Vec<String>, String) {
    let cookies = Cookies::new(secure, CookieKey::new([1; 32]));
    let (token, mut response) =
        (SessionToken::generate(&mut rand::rng()), HttpResponse::Ok().finish());
    cookies.begin_session(&mut response, &token, max_age);
    let mut fields = response.headers().get_all("set-cookie").map(|it| it.to_str().unwrap());
    let field = fields.find(|it| it.contains("passport_session=")).unwrap();
    assert!(field.len() <= 4_096);
    (field.split("; ").map(str::to_owned).collect(), token.expose())
}

#[test]
fn ses_2_a_remembered_session_stays_as_long_as_it_lives() {
    let (parts, token) = session_cookie(true, Some(Duration::from_millis(2_591_999_900)));
    let mut expected = [
        &*format!("__Host-passport_session={token}"),
        "HttpOnly",
        "SameSite=Lax",
        "Secure",
        "Path=/",
        "Max-Age=2591999",
    ];
    let mut parts: Vec<_> = parts.iter().map(String::as_str).collect();
    parts.sort_unstable();
    expected.sort_unstable();
    assert_eq!(parts, expected, "and no Domain, no Expires");
}

#[test]
fn ses_2_other_sessions_end_with_the_browser() {
    let (parts, _) = session_cookie(true, None);
    assert!(parts.iter().all(|it| !it.starts_with("Max-Age") && !it.starts_with("Expires")));
    assert_eq!(parts.len(), 5, "{parts:?}");
    let (parts, _) = session_cookie(false, None);
    assert!(!parts.contains(&"Secure".to_owned()) && parts[0].starts_with("passport_session="));
}
