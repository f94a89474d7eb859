//! Access tokens, and the keys that sign them.

use std::{sync::Arc, time::Duration};

use passport_auth::{
    AccessTokens, Audience, Authenticated, Clock, IssueTokenError, MAX_TOKEN_LIFETIME,
    TokenKeyControl, TokenKeyError, TokenKeyStage, TokenKeys, TokenKeysError, TokenSealingKeys,
};
use passport_storage_memory::MemorySigningKeys;
use passport_token::{Algorithm, Claims, KeySet, Rules, TokenError};
use passport_user::{EventKind, SigningKeyRepository, Standing};

use crate::{
    operators::operator,
    world::{OTHER_PHONE, PHONE, World, caller},
};

const ISSUER: &str = "https://passport.example";

/// A node: it has its own memory of the keys.
fn node(world: &World, keys: &MemorySigningKeys, secret: TokenSealingKeys) -> AccessTokens {
    let audience = |name: &str, sees_phone| Audience {
        application: name.to_owned(),
        audience: format!("{name}-api"),
        sees_phone,
    };
    AccessTokens {
        keys: TokenKeys::new(
            Arc::new(keys.clone()),
            secret,
            Algorithm::EdDsa,
            world.detached.clone(),
            world.clock.clone(),
        ),
        issuer: ISSUER.into(),
        audiences: [audience("shop", false), audience("bank", true)].into(),
        lifetime: MAX_TOKEN_LIFETIME,
        sessions: world.sessions.clone(),
        users: Arc::clone(&world.users),
    }
}

fn secret(byte: u8) -> TokenSealingKeys {
    TokenSealingKeys::new([byte; 32])
}

fn control(node: &AccessTokens) -> TokenKeyControl {
    TokenKeyControl { keys: node.keys.clone() }
}

async fn issued(node: &AccessTokens, person: &Authenticated, audience: &str) -> String {
    node.issue(person, audience).await.expect("a token is issued").token
}

/// What an application does with a token.
async fn verified(
    world: &World,
    node: &AccessTokens,
    audience: &str,
    token: &str,
) -> Result<Claims, TokenError> {
    let keys = KeySet::new(&node.keys.published().await.expect("there are keys")).expect("valid");
    let rules = Rules::new(ISSUER, audience).expect("valid");
    rules.verify(token, &keys, world.clock.now().into())
}

#[tokio::test]
async fn tok_1_a_token_says_who_signed_in_and_how() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let (person, node) = (world.person(PHONE).await, node(&world, &keys, secret(1)));
    world.clock.advance(Duration::from_mins(2));
    let token = issued(&node, &person, "shop-api").await;
    let claims = verified(&world, &node, "shop-api", &token).await.expect("it is valid");
    assert_eq!(claims.subject, person.user.id.as_uuid().to_string());
    assert_eq!(claims.session, person.session.id.as_uuid().to_string());
    assert_eq!((&*claims.client, &*claims.audience), ("shop", "shop-api"));
    assert_eq!(claims.methods, ["pwd"]);
    assert_eq!(claims.issued_at - claims.authenticated_at, 120);
    assert_eq!(claims.expires_at - claims.issued_at, 600);
    assert_eq!(claims.phone_number, None);
    assert!(!token.contains(&*person.token.expose()));
    let other = issued(&node, &person, "shop-api").await;
    assert_ne!(verified(&world, &node, "shop-api", &other).await.expect("valid").id, claims.id);
    let token = issued(&node, &person, "bank-api").await;
    let claims = verified(&world, &node, "bank-api", &token).await.expect("it is valid");
    assert_eq!(claims.phone_number.as_deref(), Some("+8613800138000"));
    let crossed = verified(&world, &node, "shop-api", &token).await;
    assert_eq!(crossed, Err(TokenError::Audience));
}

#[tokio::test]
async fn tok_1_tokens_are_for_known_audiences() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let (person, node) = (world.person(PHONE).await, node(&world, &keys, secret(1)));
    for unknown in ["", "shop", "Shop-api", "shop-api ", "shop-api,bank-api", "passport"] {
        let refused = node.issue(&person, unknown).await;
        assert!(matches!(refused, Err(IssueTokenError::UnknownAudience)), "{unknown}");
    }
    assert!(keys.list().await.expect("it answers").is_empty(), "no key is made");
}

#[tokio::test]
async fn tok_2_a_token_lives_ten_minutes_and_no_longer_than_its_session() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let (person, node) = (world.person(PHONE).await, node(&world, &keys, secret(1)));
    let token = issued(&node, &person, "shop-api").await;
    world.clock.advance(Duration::from_secs(599));
    assert!(node.introspect(&token).await.expect("it answers").is_some());
    world.clock.advance(Duration::from_secs(1));
    assert!(node.introspect(&token).await.expect("it answers").is_none());
    let long = AccessTokens { lifetime: Duration::from_hours(1), ..node.clone() };
    assert_eq!(long.issue(&person, "shop-api").await.expect("issued").expires_in.as_secs(), 600);
    let left = person.session.expires_at - world.clock.now() - Duration::from_mins(3);
    world.clock.advance(left.unsigned_abs());
    let short = node.issue(&person, "shop-api").await.expect("issued").expires_in;
    assert!((179..=180).contains(&short.as_secs()), "{short:?}");
}

#[tokio::test]
async fn tok_1_introspection_sees_the_end_of_a_session_at_once() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let here = node(&world, &keys, secret(1));
    let there = node(&world, &keys, secret(1));
    let active = async |token: &str| there.introspect(token).await.expect("it answers").is_some();
    let person = world.person(PHONE).await;
    let token = issued(&here, &person, "shop-api").await;
    assert!(active(&token).await);
    world.sign_out.sign_out(&person.token, &caller(1)).await.expect("it ends");
    assert!(!active(&token).await, "signed out");

    let person = world.person(OTHER_PHONE).await;
    let token = issued(&here, &person, "shop-api").await;
    assert!(active(&token).await);
    let standing = &world.accounts.operators.standing;
    standing.disable(person.user.id, &operator()).await.expect("it answers");
    assert!(!active(&token).await, "disabled");
    standing.enable(person.user.id, &operator()).await.expect("it answers");
    let user = world.users.find(person.user.id).await.expect("it answers").expect("there");
    assert_eq!(user.standing, Standing::Active);
    assert!(!active(&token).await, "of a former epoch");
}

#[tokio::test]
async fn tok_1_introspection_is_no_oracle() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let (person, node) = (world.person(PHONE).await, node(&world, &keys, secret(1)));
    let token = issued(&node, &person, "shop-api").await;
    let session = String::clone(&person.token.expose());
    let id = person.session.id.as_uuid().to_string();
    let [header, payload, _] = &*token.split('.').collect::<Vec<_>>() else { panic!("{token}") };
    for other in [
        "",
        &session,
        &id,
        &format!("Bearer {token}"),
        &format!("{header}.{payload}."),
        &format!("{header}.{payload}.{}", "A".repeat(86)),
        &"x".repeat(100_000),
    ] {
        assert!(node.introspect(other).await.expect("it answers").is_none(), "{other}");
    }
    let gone = AccessTokens { audiences: [].into(), ..node.clone() };
    assert!(gone.introspect(&token).await.expect("it answers").is_none(), "no such application");
    let moved = AccessTokens { issuer: "https://other.example".into(), ..node };
    assert!(moved.introspect(&token).await.expect("it answers").is_none(), "another issuer");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn tok_3_nodes_that_start_together_make_one_key() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let nodes: Vec<_> = (0..8).map(|_| node(&world, &keys, secret(1))).collect();
    let sets = nodes.iter().map(|node| node.keys.published());
    let sets = futures::future::try_join_all(sets).await.expect("there are keys");
    assert!(sets.iter().all(|set| set.keys.len() == 1 && *set == sets[0]));
    let rotated = world.events().await;
    let rotated = rotated.iter().filter(|event| event.kind == EventKind::KeyRotated).count();
    assert_eq!(rotated, 1, "one event");
}

#[tokio::test]
async fn tok_3_a_rotation_has_two_keys_and_no_gap() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let (here, there) = (node(&world, &keys, secret(1)), node(&world, &keys, secret(1)));
    let person = world.person(PHONE).await;
    let former = issued(&here, &person, "shop-api").await;
    issued(&there, &person, "shop-api").await;
    let made = control(&here).rotate(false, &operator()).await.expect("it is free");
    // A verifier that fetched the keys just before keeps them for five minutes.
    let mut last = former.clone();
    let mut signed_by_new = None;
    for second in 0..1_500_u64 {
        world.clock.advance(Duration::from_secs(1));
        if second % 60 != 0 {
            continue;
        }
        for node in [&here, &there] {
            let token = issued(node, &person, "shop-api").await;
            for other in [&here, &there] {
                let seen = verified(&world, other, "shop-api", &token).await;
                assert!(seen.is_ok(), "second {second}: {seen:?}");
            }
            if signed_by_new.is_none() {
                if token.split('.').next() == former.split('.').next() {
                    last.clone_from(&token);
                } else {
                    signed_by_new = Some(second);
                    assert_eq!(node.keys.published().await.expect("there are").keys.len(), 2);
                }
            }
        }
        if signed_by_new.is_some_and(|since| second < since + 480) {
            let seen = verified(&world, &there, "shop-api", &last).await;
            assert!(seen.is_ok(), "second {second}: the former token is valid to its end");
        }
    }
    let since = signed_by_new.expect("the new key signs");
    assert!((600..=660).contains(&since), "signs after {since} s");
    let left = here.keys.published().await.expect("there are keys").keys;
    assert_eq!(left.iter().filter_map(|key| key.id.clone()).collect::<Vec<_>>(), [made.id]);
}

#[tokio::test]
async fn tok_3_an_urgent_key_signs_when_every_node_has_it() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let (here, there) = (node(&world, &keys, secret(1)), node(&world, &keys, secret(1)));
    let person = world.person(PHONE).await;
    let former = issued(&here, &person, "shop-api").await;
    issued(&there, &person, "shop-api").await;
    let made = control(&here).rotate(true, &operator()).await.expect("it is free");
    world.clock.advance(Duration::from_secs(6));
    for node in [&here, &there] {
        let ids = node.keys.published().await.expect("there are keys").keys;
        assert!(ids.iter().any(|key| key.id.as_ref() == Some(&made.id)), "published everywhere");
    }
    world.clock.advance(Duration::from_secs(4));
    let token = issued(&here, &person, "shop-api").await;
    assert_ne!(token.split('.').next(), former.split('.').next(), "the new key signs");
    assert!(there.introspect(&token).await.expect("it answers").is_some());
    assert!(there.introspect(&former).await.expect("it answers").is_some());
    let listed = control(&here).list().await.expect("it answers");
    let stages: Vec<_> = listed.iter().map(|key| key.stage).collect();
    assert_eq!(stages, [TokenKeyStage::Verifying, TokenKeyStage::Signing]);

    let first = &listed[0].record.id;
    control(&here).retire(&first[..8], &operator()).await.expect("another one signs");
    world.clock.advance(Duration::from_secs(5));
    assert!(there.introspect(&former).await.expect("it answers").is_none(), "its key is retired");
    assert!(there.introspect(&token).await.expect("it answers").is_some());
    for (id, is_last) in [(&*made.id, true), ("unknown", false), (&**first, false)] {
        match control(&here).retire(id, &operator()).await {
            Err(TokenKeyError::Last) => assert!(is_last, "{id}"),
            Err(TokenKeyError::Unknown) => assert!(!is_last, "{id}"),
            other => panic!("{id}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_lost_master_secret_is_an_error_with_a_way_out() {
    let (world, keys) = (World::roomy(), MemorySigningKeys::default());
    let before = node(&world, &keys, secret(1));
    let person = world.person(PHONE).await;
    let former = issued(&before, &person, "shop-api").await;
    // Both secrets: nothing is lost.
    let both = node(&world, &keys, TokenSealingKeys::new([2; 32]).with_former([1; 32]));
    assert!(both.introspect(&former).await.expect("it answers").is_some());
    let after = node(&world, &keys, secret(2));
    let refused = after.issue(&person, "shop-api").await;
    let Err(IssueTokenError::Keys(error @ TokenKeysError::Unreadable)) = refused else {
        panic!("{refused:?}");
    };
    assert!(error.to_string().contains("passport keys rotate token --now"), "{error}");
    assert!(after.introspect(&former).await.expect("it answers").is_none());
    let states = control(&after).list().await.expect("it answers");
    assert!(states.iter().all(|state| !state.is_readable));
    control(&after).rotate(true, &operator()).await.expect("it is free");
    world.clock.advance(Duration::from_secs(10));
    let token = issued(&after, &person, "shop-api").await;
    assert!(after.introspect(&token).await.expect("it answers").is_some());
    let sealed = keys.list().await.expect("it answers");
    assert!(
        sealed.iter().all(|key| key.sealed.len() > 60 && !format!("{key:?}").contains("sealed"))
    );
}
