//! Keys of stores end up in backups and monitoring: no number and no address is in them.

use std::collections::HashSet;

use passport_auth::{CodeRequest, Locale, policies};

use crate::whole_life::live;
use crate::world::{OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, client, subject_key};

/// The number is 13800138000, the address 192.0.2.77. Shorter runs of digits occur by chance.
const DIGITS: [&str; 3] = ["3800138", "8001380", "0013800"];

#[tokio::test]
async fn no_key_of_a_store_contains_a_number_or_an_address() {
    let world = World::roomy();
    live(&world, "13800138111", "13800138222").await;
    let request = CodeRequest { client: client(77).into(), ..world.code_request(PHONE).await };
    world.request_code.send(request).await.unwrap();
    for language in Locale::ALL {
        let issued = world.new_challenge.issue(client(77)).await.unwrap();
        world.present_challenge.picture(&issued.id, client(77)).await.unwrap();
        world.present_challenge.sound(&issued.id, language, client(77)).await.unwrap();
        let own = world.code_request("13900139000").await;
        let challenge = issued.id.into();
        let answer = "wrong".to_owned();
        let wrong = CodeRequest { challenge, answer, client: client(77).into(), ..own };
        world.request_code.send(wrong).await.unwrap_err();
    }
    let code = world.gateway.last_code();
    world.sign_up(PHONE, &code).await.unwrap();
    world.sign_in(PHONE, WRONG_PASSWORD).await.unwrap_err();
    world.sign_in(PHONE, PASSWORD).await.unwrap();

    let keys = world.outage.keys();
    for key in &keys {
        for clear in DIGITS.iter().chain(&["192.0.2", "c000024d", "+86"]) {
            assert!(!key.contains(clear), "{key} contains {clear}");
        }
    }
    // The test sees what it looks at: all limits, and the code under the tag of the number.
    let policies_seen: HashSet<_> = keys.iter().filter_map(|key| key.split_once(':')).collect();
    let stored = policies::ALL.iter().filter(|policy| !policies::IN_PROCESS.contains(policy));
    for policy in stored {
        assert!(policies_seen.iter().any(|(name, _)| *name == policy.as_str()), "{policy}");
    }
    let tag = subject_key().phone(&PHONE.parse().unwrap()).to_string();
    assert!(keys.contains(&tag), "the code is keyed by the tag");
}

#[tokio::test]
async fn all_limits_of_a_number_count_the_same_subject() {
    let world = World::roomy();
    live(&world, PHONE, OTHER_PHONE).await;
    let tag = subject_key().phone(&PHONE.parse().unwrap()).to_string();
    let keys = world.outage.keys();
    let of_phone = policies::ALL.iter().filter(|policy| policy.as_str().contains("per-phone"));
    for policy in of_phone {
        assert!(keys.contains(&format!("{policy}:{tag}")), "{policy}");
    }
}
