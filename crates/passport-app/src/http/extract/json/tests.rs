use actix_web::{App, http::Method, test, web};
use serde::Deserialize;
use serde_json::Value;

use super::*;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    mobile: String,
    remember: Option<bool>,
    challenge: Option<Challenge>,
    #[serde(default)]
    factors: Vec<Factor>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Challenge {
    id: String,
    tries: u8,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Factor {
    Totp,
}

/// What a handler answers that returns the order it was sent.
async fn answer(media_type: &str, body: impl Into<web::Bytes>) -> (u16, Value) {
    let repeat = async |Json(order): Json<Order>| Json(order);
    let app = test::init_service(App::new().route("/", web::post().to(repeat))).await;
    let request = test::TestRequest::default().method(Method::POST).set_payload(body);
    let request = request.insert_header((header::CONTENT_TYPE, media_type)).to_request();
    let response = test::call_service(&app, request).await;
    let header = |name: &str| response.headers().get(name).unwrap().to_str().unwrap();
    assert_eq!(header("cache-control"), "no-store");
    let is_problem = header("content-type") == "application/problem+json";
    assert_ne!(is_problem, response.status().is_success());
    (response.status().as_u16(), test::read_body_json(response).await)
}

async fn fault(body: &str) -> (String, String) {
    let (status, problem) = answer("application/json", body.to_owned()).await;
    assert_eq!((status, &problem["code"]), (400, &json!("body-invalid")), "{body}");
    let text = |name: &str| problem["errors"][0][name].as_str().unwrap().to_owned();
    (text("pointer"), text("code"))
}

#[actix_web::test]
async fn api_2_a_body_that_fits_is_read_whole() {
    let body = json!({
        "mobile": "1",
        "remember": true,
        "challenge": { "id": "x", "tries": 3 },
        "factors": ["totp"],
    });
    for media_type in ["application/json", "Application/JSON ; charset=utf-8"] {
        assert_eq!(answer(media_type, body.to_string()).await, (200, body.clone()));
    }
}

#[actix_web::test]
async fn api_2_the_member_at_fault_is_named() {
    for (body, pointer, code) in [
        ("{}", "/mobile", "missing"),
        (r#"{"mobile":1}"#, "/mobile", "invalid"),
        (r#"{"mobile":null}"#, "/mobile", "invalid"),
        (r#"{"mobile":["1"]}"#, "/mobile", "invalid"),
        (r#"{"mobile":"1","phone":"1"}"#, "/phone", "unknown"),
        (r#"{"mobile":"1","a/b~c":1}"#, "/a~1b~0c", "unknown"),
        (r#"{"mobile":"1","remember":"yes"}"#, "/remember", "invalid"),
        (r#"{"mobile":"1","challenge":["x",1]}"#, "/challenge", "invalid"),
        (r#"{"mobile":"1","challenge":{"id":"x"}}"#, "/challenge/tries", "missing"),
        (r#"{"mobile":"1","challenge":{"id":"x","tries":256}}"#, "/challenge/tries", "invalid"),
        (r#"{"mobile":"1","challenge":{"id":"x","tries":-1}}"#, "/challenge/tries", "invalid"),
        (r#"{"mobile":"1","challenge":{"id":"x","tries":1,"y":2}}"#, "/challenge/y", "unknown"),
        (r#"{"mobile":"1","mobile":"1"}"#, "/mobile", "duplicate"),
        (r#"{"mobile":"1","\u006dobile":"2"}"#, "/mobile", "duplicate"),
        (
            r#"{"mobile":"1","challenge":{"id":"x","a/b":1,"a/b":2}}"#,
            "/challenge/a~1b",
            "duplicate",
        ),
        (r#"{"mobile":"1","factors":["totp",{"x":1,"x":1}]}"#, "/factors/1/x", "duplicate"),
        (r#"{"mobile":"1","challenge":{"id":"x","tries":1e300}}"#, "/challenge/tries", "invalid"),
        (
            r#"{"mobile":"1","challenge":{"id":"x","tries":99999999999999999999}}"#,
            "/challenge/tries",
            "invalid",
        ),
        (r#"{"mobile":"1","challenge":{"id":"x","tries":1.0}}"#, "/challenge/tries", "invalid"),
        (r#"{"mobile":"1","factors":["totp","sms"]}"#, "/factors/1", "invalid"),
        (r#"{"mobile":"1","factors":[{"totp":1}]}"#, "/factors/0", "invalid"),
    ] {
        assert_eq!(fault(body).await, (pointer.to_owned(), code.to_owned()), "{body}");
    }
}

#[actix_web::test]
async fn api_2_a_body_that_is_no_object_is_refused_as_a_whole() {
    let nested = "[".repeat(10_000);
    for body in ["", "[]", "null", "1", r#""x""#, r#"["1",true]"#, "{", "{}{}", &nested] {
        assert_eq!(fault(body).await, (String::new(), "not-an-object".to_owned()), "{body}");
    }
}

#[actix_web::test]
async fn api_2_a_hostile_body_is_refused_as_a_whole() {
    let deep = format!(r#"{{"mobile":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let deep_object = format!("{}1{}", r#"{"a":"#.repeat(2_000), "}".repeat(2_000));
    for body in [
        "\u{feff}{\"mobile\":\"1\"}",
        r#"{"mobile":NaN}"#,
        r#"{"mobile":Infinity}"#,
        r#"{"mobile":1e999}"#,
        r#"{"mobile":"\ud800"}"#,
        r#"{"mobile":"\udc00\ud800"}"#,
        "{\"mobile\":\"\u{0}\"}",
        r#"{"mobile":"1",}"#,
        "{'mobile':'1'}",
        r#"{"mobile":"1"} x"#,
        r#"{"mobile":"1"/**/}"#,
        &deep,
        &deep_object,
    ] {
        assert_eq!(fault(body).await, (String::new(), "not-an-object".to_owned()), "{body}");
    }
    for body in [&b"{\"mobile\":\"\xff\"}"[..], b"\xff\xfe{\0}\0", b"{\"mobile\":\"\xed\xa0\x80\"}"]
    {
        let (status, problem) = answer("application/json", body.to_vec()).await;
        assert_eq!((status, &problem["code"]), (400, &json!("body-invalid")), "{body:?}");
    }
}

/// Cuts, swaps and repeats pieces of good bodies.
#[actix_web::test]
async fn api_2_no_mutation_of_a_body_is_a_fault_of_the_service() {
    use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

    const PIECES: [&str; 18] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"mobile\"",
        "\"1\"",
        "\"challenge\"",
        "\"id\"",
        "\"tries\"",
        "\"factors\"",
        "\"totp\"",
        "null",
        "-0",
        "1e308",
        "\"\\ud83d\\ude00\"",
        "\"\\",
    ];
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(2);
    for _ in 0..3_000 {
        let length = rng.random_range(0..24);
        let body: String = (0..length).map(|_| PIECES[rng.random_range(0..PIECES.len())]).collect();
        let (status, problem) = answer("application/json", body.clone()).await;
        assert!(
            status == 200 || (status, &problem["code"]) == (400, &json!("body-invalid")),
            "{body}"
        );
    }
}

#[actix_web::test]
async fn api_2_other_media_types_and_large_bodies_have_problems_of_their_own() {
    for media_type in ["text/plain", "text/plain;application/json", "application/jsonp", "*/*", ""]
    {
        let (status, problem) = answer(media_type, "{}").await;
        assert_eq!((status, &problem["code"]), (415, &json!("media-type-unsupported")));
    }
    let fits = format!(r#"{{"mobile":"{}"}}"#, "1".repeat(MAX_BYTES - 13));
    assert_eq!(fits.len(), MAX_BYTES);
    assert_eq!(answer("application/json", fits.clone()).await.0, 200);
    let (status, problem) = answer("application/json", format!("{fits} ")).await;
    assert_eq!((status, &problem["code"]), (413, &json!("body-too-large")));
}
