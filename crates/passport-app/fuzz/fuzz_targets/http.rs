//! The modules of the app that read JSON. They are private there, so their files are compiled here.

#[path = "../../src/http/extract/json/fields.rs"]
mod fields;
#[path = "../../src/http/extract/json/object.rs"]
mod object;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    mobile: String,
    remember: Option<bool>,
    challenge: Option<Challenge>,
    #[serde(default)]
    factors: Vec<Factor>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Challenge {
    id: String,
    tries: u8,
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Factor {
    Totp,
}

pub fn read(body: &[u8]) {
    let known = serde_json::from_slice::<serde_json::Map<_, _>>(body);
    match (object::parse(body), known) {
        (Ok(object), Ok(known)) => {
            assert_eq!(object, known);
            if let Err(fault) = fields::read::<Request>(object) {
                let text = fault.to_string();
                assert!(text.starts_with('/'), "{text}");
            }
        }
        // serde_json takes the last of equal members.
        (Err(object::NotTaken::Duplicate(_)), _) => {}
        (Err(object::NotTaken::NotAnObject), Err(_)) => {}
        (taken, known) => panic!("{taken:?} {known:?}"),
    }
}
