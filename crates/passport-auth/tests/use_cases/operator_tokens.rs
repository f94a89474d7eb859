//! Tokens of operators' programs, and the requests that they admit.

use std::time::Duration;

use passport_auth::{Denied, NewToken, OperatorRefusal, TokenError};
use passport_user::{Actor, EventKind, EventOutcome, OperatorName, Scope};

use crate::{
    operators::operator,
    world::{World, caller},
};

fn new(name: &str, scopes: &[Scope]) -> NewToken {
    NewToken {
        name: OperatorName::from_stored(name),
        scopes: scopes.iter().copied().collect(),
        expires_in: None,
    }
}

async fn added(world: &World, new: NewToken) -> String {
    let tokens = &world.accounts.operators.tokens;
    let (secret, _) = tokens.add(new, &operator()).await.expect("the name is free");
    String::clone(&secret.expose())
}

async fn admit(world: &World, text: &str, scope: Scope) -> Result<String, OperatorRefusal> {
    let admission = &world.accounts.operators.admission;
    let admitted = admission.admit(Some(text), scope, &caller(7)).await?;
    assert_eq!(admitted.client, Some(caller(7)));
    Ok(admitted.name.to_string())
}

#[tokio::test]
async fn a_token_allows_its_scopes_and_no_others() {
    let world = World::roomy();
    for scope in Scope::ALL {
        let text = added(&world, new(&scope.as_str().replace(':', "-"), &[*scope])).await;
        for wanted in Scope::ALL {
            // Each refusal of one client counts.
            world.clock.advance(Duration::from_mins(1));
            let admitted = admit(&world, &text, *wanted).await;
            match admitted {
                Ok(name) => assert_eq!((wanted, name), (scope, scope.as_str().replace(':', "-"))),
                Err(OperatorRefusal::NoScope(lacking)) => {
                    assert_eq!(lacking, *wanted);
                    assert_ne!(wanted, scope);
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn unknown_removed_and_expired_tokens_are_refused() {
    let world = World::roomy();
    let text = added(&world, new("ci", &[Scope::UsersRead])).await;
    let hour = Some(Duration::from_hours(1));
    let short =
        added(&world, NewToken { expires_in: hour, ..new("short", &[Scope::UsersRead]) }).await;
    for good in [&text, &short] {
        admit(&world, good, Scope::UsersRead).await.unwrap();
    }
    // The id of one token with the secret of another.
    let mixed = format!("{}{}", &text[..36], &short[36..]);
    let other = format!("{}{}", &text[..79], if text.ends_with('A') { "E" } else { "A" });
    for bad in ["", "ppo_", &mixed, &other, &text[1..]] {
        let refused = admit(&world, bad, Scope::UsersRead).await;
        assert!(matches!(refused, Err(OperatorRefusal::Unknown)), "{bad}: {refused:?}");
    }
    let admission = &world.accounts.operators.admission;
    let none = admission.admit(None, Scope::UsersRead, &caller(7)).await;
    assert!(matches!(none, Err(OperatorRefusal::Unknown)));
    world.clock.advance(Duration::from_hours(1));
    let expired = admit(&world, &short, Scope::UsersRead).await;
    assert!(matches!(expired, Err(OperatorRefusal::Expired)), "{expired:?}");
    let tokens = &world.accounts.operators.tokens;
    assert!(tokens.remove("ci", &operator()).await.unwrap());
    assert!(!tokens.remove("ci", &operator()).await.unwrap());
    let removed = admit(&world, &text, Scope::UsersRead).await;
    assert!(matches!(removed, Err(OperatorRefusal::Unknown)), "{removed:?}");
}

/// The eleventh refusal of a minute is told as a limit, and is no event; right tokens are admitted.
#[tokio::test]
async fn rl_1_refusals_are_events_and_limited_for_each_client() {
    let world = World::roomy();
    let text = added(&world, new("ci", &[Scope::UsersRead])).await;
    for _ in 0..10 {
        let refused = admit(&world, "guess", Scope::UsersRead).await;
        assert!(matches!(refused, Err(OperatorRefusal::Unknown)));
    }
    for _ in 0..20 {
        let limited = admit(&world, "guess", Scope::UsersRead).await;
        assert!(matches!(limited, Err(OperatorRefusal::Denied(Denied::TooMany(_)))), "{limited:?}");
    }
    admit(&world, &text, Scope::UsersRead).await.unwrap();
    let admission = &world.accounts.operators.admission;
    let elsewhere = admission.admit(Some("guess"), Scope::UsersRead, &caller(8)).await;
    assert!(matches!(elsewhere, Err(OperatorRefusal::Unknown)));
    let events = world.events().await;
    let refused: Vec<_> =
        events.iter().filter(|event| event.kind == EventKind::OperatorAdmitted).collect();
    assert_eq!(refused.len(), 11);
    for event in refused {
        assert_eq!(event.outcome, EventOutcome::Refused("token-unknown".to_owned()));
        assert_eq!(event.actor, Actor::Anonymous);
        assert!(event.address.is_some());
    }
}

#[tokio::test]
async fn the_last_use_is_coarse() {
    let world = World::roomy();
    let text = added(&world, new("ci", &[Scope::UsersRead])).await;
    let last_use = async || {
        let listed = world.accounts.operators.tokens.list().await.unwrap();
        listed[0].last_used_at
    };
    assert_eq!(last_use().await, None);
    admit(&world, &text, Scope::UsersRead).await.unwrap();
    let first = last_use().await.unwrap();
    world.clock.advance(Duration::from_mins(9));
    admit(&world, &text, Scope::UsersRead).await.unwrap();
    assert_eq!(last_use().await, Some(first));
    world.clock.advance(Duration::from_mins(1));
    admit(&world, &text, Scope::UsersRead).await.unwrap();
    assert_eq!(last_use().await, Some(first + Duration::from_mins(10)));
}

#[tokio::test]
async fn ses_10_the_secret_of_a_token_is_kept_nowhere() {
    let world = World::roomy();
    let text = added(&world, new("ci", &[Scope::UsersRead])).await;
    let secret = &text[37..];
    let listed = world.accounts.operators.tokens.list().await.unwrap();
    assert!(!format!("{listed:?}").contains(secret));
    admit(&world, &format!("{text}x"), Scope::UsersRead).await.unwrap_err();
    let events = world.events().await;
    assert!(!format!("{events:?}").contains(secret));
    let again = world.accounts.operators.tokens.add(new("ci", &[]), &operator()).await;
    assert!(matches!(again, Err(TokenError::NameTaken)));
    let added: Vec<_> =
        events.iter().filter(|event| event.kind == EventKind::OperatorTokenAdded).collect();
    assert_eq!(added.len(), 1);
    assert_eq!(added[0].detail["token"], "ci");
}
