//! What the life of an account leaves behind: log, journal and keys hold no number, code, password
//! or token.

use passport_codes::CodeLength;

use crate::{
    life::NEW_PASSWORD,
    logs,
    setup::Setup,
    whole_life::{Secrets, live},
    world::{PASSWORD, WRONG_PASSWORD, World},
};

/// Numbers of their own, because all tests share the log.
const FROM: &str = "13526374859";
const TO: &str = "13615243746";

/// A world whose codes have ten digits, which are in no id by chance.
async fn life() -> (World, Secrets) {
    let world = World::with(|setup: &mut Setup| {
        setup.allow_many_messages();
        setup.code_length = CodeLength::new(10).expect("within bounds");
    });
    let secrets = live(&world, FROM, TO).await;
    (world, secrets)
}

fn check(text: &str, secrets: &Secrets, of: &str) {
    let texts = secrets.texts.iter().map(String::as_str);
    let codes = secrets.codes.iter().map(passport_codes::Code::expose);
    let passwords = [PASSWORD, WRONG_PASSWORD, NEW_PASSWORD, "bcrypt", "$2b$"];
    let numbers = [FROM, TO];
    for secret in texts.chain(codes).chain(passwords).chain(numbers) {
        assert!(!text.contains(secret), "{secret} is in {of}");
    }
}

#[tokio::test]
async fn otp_8_the_log_holds_no_secret() {
    let _span = tracing::info_span!("request").entered();
    let (_world, secrets) = life().await;
    let log = logs::lines().join("\n");
    for said in ["135****4859", "session confirmed", "number changed", "deletion requested"] {
        assert!(log.contains(said), "not logged: {said}");
    }
    check(&log, &secrets, "the log");
    assert!(!log.contains("Secretname"), "a text that a person chose is logged");
}

#[tokio::test]
async fn otp_8_the_journal_holds_no_secret() {
    let (world, secrets) = life().await;
    let events = world.events().await;
    let text = format!("{events:#?}");
    assert!(text.contains("135****4859") && text.contains("136****3746"));
    check(&text, &secrets, "the journal");
    assert!(!text.contains("Secretname"));
}

/// Tags of numbers in the journal are not those of the stores, so neither finds the other.
#[tokio::test]
async fn the_journal_and_the_stores_have_tags_of_their_own() {
    let (world, _) = life().await;
    let tag = *crate::world::subject_key().phone(&crate::world::number(FROM)).as_bytes();
    let events = world.events().await;
    let mut tags = events.iter().filter_map(|event| event.phone.as_ref()).map(|phone| phone.tag);
    assert!(tags.all(|its| its != tag));
}

#[tokio::test]
async fn del_1_no_key_of_a_store_holds_a_number_or_an_address() {
    let (world, secrets) = life().await;
    let keys = world.outage.keys();
    assert!(keys.len() > 100);
    for key in &keys {
        check(key, &secrets, "a key");
        for digits in ["3526374", "5263748", "6374859", "3615243", "6152437", "192.0.2", "+86"] {
            assert!(!key.contains(digits), "{key}");
        }
    }
}

/// After the purge no method of the repository finds the account, its numbers or its sessions.
#[tokio::test]
async fn del_1_the_purged_account_is_found_nowhere() {
    let (world, _) = life().await;
    let now = passport_auth::Clock::now(&*world.clock);
    let filter = passport_user::UserFilter::default();
    assert!(world.users.list(&filter, None, 10).await.unwrap().is_empty());
    for phone in [FROM, TO] {
        assert!(!world.has_account(phone).await);
        let phone = crate::world::number(phone);
        assert_eq!(world.users.find_by_former_phone(&phone, now).await.unwrap(), None);
    }
    let events = world.events().await;
    let subject = events.iter().find_map(|event| event.subject).unwrap();
    let sessions = world.session_store.list(subject.as_uuid(), now).await.unwrap();
    assert!(sessions.is_empty());
}
