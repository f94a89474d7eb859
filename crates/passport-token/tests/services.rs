//! A service that verifies tokens, over HTTP: the extractor of axum, and keys of an issuer that answers well or
//! badly.

#![cfg(test)]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::get,
};
use passport_token::{
    Algorithm, Claims, JwkSet, RulesError, SigningKey, Verifier, VerifyError, axum::AccessToken,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const SECOND: std::time::Duration = std::time::Duration::from_secs(1);

/// Serves `app`; returns its address.
async fn serve(app: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    format!("http://{address}")
}

/// An issuer that answers as `answer` says; returns its address, its key, and the number of requests.
async fn issuer(
    answer: impl Fn(String) -> Response + Clone + Send + Sync + 'static,
) -> (String, SigningKey, Arc<AtomicUsize>) {
    let document = SigningKey::generate(Algorithm::Es256).unwrap();
    let key = SigningKey::from_pkcs8(Algorithm::Es256, &document).unwrap();
    let set = JwkSet { keys: vec![key.public().to_jwk(key.id())] };
    let set = serde_json::to_string(&set).unwrap();
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&asked);
    let app = Router::new()
        .route(
            "/.well-known/jwks.json",
            get(async move || {
                counter.fetch_add(1, Ordering::Relaxed);
                answer(set.clone())
            }),
        )
        .route("/elsewhere", get(async || "{\"keys\":[]}"));
    (serve(app).await, key, asked)
}

fn token(issuer: &str, key: &SigningKey) -> String {
    let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    key.sign(&Claims {
        issuer: issuer.to_owned(),
        subject: "ada".to_owned(),
        audience: "shop".to_owned(),
        client: "shop".to_owned(),
        issued_at: now,
        expires_at: now + 600,
        id: "j".to_owned(),
        session: "s".to_owned(),
        authenticated_at: now,
        methods: vec!["sms".to_owned()],
        phone_number: None,
    })
    .unwrap()
}

/// `GET PATH` with these lines in the head; the whole answer.
async fn ask(url: &str, path: &str, lines: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{lines}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn a_service_in_axum_accepts_tokens_of_the_issuer_only() {
    let (issuer, key, asked) = issuer(IntoResponse::into_response).await;
    let verifier = Verifier::new(&issuer, "shop").unwrap();
    verifier.prefetch().await.unwrap();
    let orders = async |AccessToken(claims): AccessToken| format!("orders of {}", claims.subject);
    let service = serve(Router::new().route("/orders", get(orders)).with_state(verifier)).await;
    let good = token(&issuer, &key);
    let answer = ask(&service, "/orders", &format!("Authorization: Bearer {good}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("orders of ada"), "{answer}");
    let other = token("https://other.example", &key);
    let twice = format!("Authorization: Bearer {good}\r\nAuthorization: Bearer {good}\r\n");
    for (lines, challenge) in [
        (String::new(), "www-authenticate: Bearer\r\n"),
        ("Authorization: Basic dTpw\r\n".to_owned(), "www-authenticate: Bearer\r\n"),
        (twice, "www-authenticate: Bearer\r\n"),
        (format!("Authorization: Bearer {other}\r\n"), "error=\"invalid_token\""),
        (format!("Authorization: Bearer {good}x\r\n"), "error=\"invalid_token\""),
    ] {
        let answer = ask(&service, "/orders", &lines).await;
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        assert!(answer.contains(challenge), "{answer}");
        assert!(answer.contains("application/problem+json") && !answer.contains("ada"), "{answer}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1, "the keys are fetched once");
}

#[tokio::test]
async fn answers_that_are_no_keys_are_unavailable() {
    type Answer = fn(String) -> Response;
    let answers: [(&str, Answer); 6] = [
        ("a failure", |_| StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        ("a redirect", |_| axum::response::Redirect::temporary("/elsewhere").into_response()),
        ("no JSON", |_| "<html>".into_response()),
        ("no keys", |_| "{\"keys\":[]}".into_response()),
        ("nothing", |_| StatusCode::NO_CONTENT.into_response()),
        ("too much", |set| format!("{set}{}", " ".repeat(70_000)).into_response()),
    ];
    for (what, answer) in answers {
        let (issuer, key, asked) = issuer(answer).await;
        let verifier = Verifier::new(&issuer, "shop").unwrap();
        let refused = verifier.verify(&token(&issuer, &key)).await;
        assert!(matches!(refused, Err(VerifyError::Unavailable(_))), "{what}: {refused:?}");
        assert!(verifier.prefetch().await.is_err(), "{what}");
        assert_eq!(asked.load(Ordering::Relaxed), 1, "{what}: asked again after a second only");
        let service = Router::new().route("/", get(async |_: AccessToken| "")).with_state(verifier);
        let service = serve(service).await;
        let bearer = format!("Authorization: Bearer {}\r\n", token(&issuer, &key));
        let answer = ask(&service, "/", &bearer).await;
        assert!(answer.starts_with("HTTP/1.1 503"), "{what}: {answer}");
        assert!(!answer.contains("127.0.0.1") && !answer.contains("www-authenticate"), "{answer}");
    }
}

#[tokio::test]
async fn a_malformed_token_asks_for_no_keys() {
    let (issuer, _, asked) = issuer(IntoResponse::into_response).await;
    let verifier = Verifier::new(&issuer, "shop").unwrap();
    for text in ["", "x", "a.b.c", &"x".repeat(1 << 20), "eyJhbGciOiJub25lIn0.e30."] {
        assert!(matches!(verifier.verify(text).await, Err(VerifyError::Refused(_))), "{text}");
    }
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn constructors_say_what_is_wrong() {
    for issuer in [
        "",
        "passport.example",
        "https://",
        "https://passport.example/",
        "https://passport.example/path",
        "https://Passport.example",
        "https://user@passport.example",
        "ftp://passport.example",
    ] {
        let refused = Verifier::new(issuer, "shop").unwrap_err();
        assert_eq!(refused, RulesError::Issuer(issuer.to_owned()), "{issuer}");
        assert!(refused.to_string().contains("https://passport.example"));
    }
    let plain = "http://passport.example";
    assert_eq!(
        Verifier::new(plain, "shop").unwrap_err(),
        RulesError::PlainIssuer(plain.to_owned())
    );
    for loopback in ["http://127.0.0.1:8080", "http://localhost:8080", "http://[::1]:8080"] {
        assert!(Verifier::new(loopback, "shop").is_ok(), "{loopback}");
    }
    assert_eq!(Verifier::new("https://a.example", "").unwrap_err(), RulesError::Audience);
    let builder = || Verifier::builder("https://a.example", "shop");
    assert_eq!(builder().leeway(301 * SECOND).build().unwrap_err(), RulesError::Leeway);
    for address in ["http://passport:8080/jwks", "jwks.json", "file:///etc/passwd"] {
        let refused = builder().keys_address(address).build().unwrap_err();
        assert_eq!(refused, RulesError::KeysAddress(address.to_owned()));
    }
    assert!(builder().keys_address("http://127.0.0.1:8080/jwks").leeway(SECOND).build().is_ok());
}
