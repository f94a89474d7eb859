//! The signing function of the provider's own client made these vectors.

use time::macros::datetime;

use super::*;

const HOST: &str = "dysmsapi.aliyuncs.com";
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
const BASIC: &str = "PhoneNumbers=13800138000&SignName=%E9%98%BF%E9%87%8C%E4%BA%91%E7%9F%AD%E4%BF%A1%E6%B5%8B%E8%AF%95&TemplateCode=SMS_154950909&TemplateParam=%7B%22code%22%3A%22123456%22%7D";
const AUTHORIZATION: &str = "ACS3-HMAC-SHA256 Credential=testAccessKeyIdAliyun,SignedHeaders=";
const NAMES: &str =
    "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";

fn basic() -> [(&'static str, String); 4] {
    [
        ("TemplateParam", r#"{"code":"123456"}"#.to_owned()),
        ("TemplateCode", "SMS_154950909".to_owned()),
        ("PhoneNumbers", "13800138000".to_owned()),
        ("SignName", "阿里云短信测试".to_owned()),
    ]
}

fn signed(
    parameters: &[(&str, String)],
    placement: Placement,
    now: OffsetDateTime,
    nonce: &str,
) -> Request {
    let nonce = nonce.parse().unwrap();
    let call = Call { host: HOST, action: "SendSms", parameters, placement, now, nonce };
    call.request("testAccessKeyIdAliyun", &"testAccessKeySecretAliyun".into()).unwrap()
}

fn assert_signed(request: &Request, names: &str, signature: &str) {
    let authorization = &request.headers()["authorization"];
    assert!(authorization.is_sensitive());
    assert_eq!(
        authorization.to_str().unwrap(),
        format!("{AUTHORIZATION}{names},Signature={signature}")
    );
}

#[test]
fn vector_basic() {
    let now = datetime!(2026-01-02 03:04:05 UTC);
    let request = signed(&basic(), Placement::Query, now, "3156853299f313e23d1673dc12e1703d");
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri().to_string(), format!("/?{BASIC}"));
    for (name, value) in [
        ("x-acs-action", "SendSms"),
        ("x-acs-version", "2017-05-25"),
        ("x-acs-date", "2026-01-02T03:04:05Z"),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d"),
        ("x-acs-content-sha256", EMPTY),
    ] {
        assert_eq!(request.headers()[name], value);
    }
    let signature = "24f8ef7e16e8ba594ea6dbb2200220a0603fc356f3313db4cc8bc5492d6bccf5";
    assert_signed(&request, NAMES, signature);
}

#[test]
fn vector_out_id_and_two_variables() {
    let parameters = [
        ("OutId", "01JD9Z6V3Q7W0".to_owned()),
        ("PhoneNumbers", "13800138000".to_owned()),
        ("SignName", "Passport".to_owned()),
        ("TemplateCode", "SMS_200000001".to_owned()),
        ("TemplateParam", r#"{"code":"004217","minutes":"5"}"#.to_owned()),
    ];
    let now = datetime!(2026-11-22 09:43:30 UTC);
    let request = signed(&parameters, Placement::Query, now, "c0ffee00c0ffee00c0ffee00c0ffee00");
    assert_eq!(
        request.uri().query().unwrap(),
        "OutId=01JD9Z6V3Q7W0&PhoneNumbers=13800138000&SignName=Passport&TemplateCode=SMS_200000001&TemplateParam=%7B%22code%22%3A%22004217%22%2C%22minutes%22%3A%225%22%7D"
    );
    let signature = "814727a15949a6d44017ebe0900939f29bbeb72ad082cf23c13382222e21cc54";
    assert_signed(&request, NAMES, signature);
}

#[test]
fn vector_basic_in_the_form() {
    let now = datetime!(2026-01-02 03:04:05 UTC);
    let request = signed(&basic(), Placement::Form, now, "3156853299f313e23d1673dc12e1703d");
    assert_eq!(request.uri(), "/");
    assert_eq!(request.headers()["content-type"], FORM);
    assert_eq!(
        request.headers()["x-acs-content-sha256"],
        "8b7d48c46cb6f12b267a17ec103137ed7b6fec150638dd6ed9ef3e0deb3041d4"
    );
    let signature = "1d5499b8876be1970a9b1ff0b3820264160d55228be8d268aea5df7f70234f1b";
    assert_signed(&request, &format!("content-type;{NAMES}"), signature);
}

#[test]
fn canonical_request_and_string_to_sign_are_the_documented_ones() {
    let headers = [
        ("host", HOST.to_owned()),
        ("x-acs-action", "SendSms".to_owned()),
        ("x-acs-content-sha256", EMPTY.to_owned()),
        ("x-acs-date", "2026-01-02T03:04:05Z".to_owned()),
        ("x-acs-signature-nonce", "3156853299f313e23d1673dc12e1703d".to_owned()),
        ("x-acs-version", "2017-05-25".to_owned()),
    ];
    let content = signature::Content { query: BASIC, headers: &headers, body_digest: EMPTY };
    assert_eq!(
        content.canonical(),
        format!(
            "POST\n/\n{BASIC}\nhost:dysmsapi.aliyuncs.com\nx-acs-action:SendSms\nx-acs-content-sha256:{EMPTY}\nx-acs-date:2026-01-02T03:04:05Z\nx-acs-signature-nonce:3156853299f313e23d1673dc12e1703d\nx-acs-version:2017-05-25\n\n{NAMES}\n{EMPTY}"
        )
    );
    assert_eq!(
        content.string_to_sign(),
        "ACS3-HMAC-SHA256\nd1723d512a8c36b6cef537de60af0f874efaa8951527945dc1c8d2f89e7e9191"
    );
}
