//! Sessions: sign-in, use, expiry and sign-out.

use std::time::Duration;

use passport_auth::{Clock, Credentials, SignedIn};
use passport_session::{Device, Methods, NewSession, Session, SessionToken};
use passport_user::{PasswordHash, User};
use uuid::Uuid;

use crate::world::{OTHER_PHONE, PASSWORD, PHONE, WRONG_PASSWORD, World, caller, credentials};

async fn signed_in(world: &World) -> SignedIn {
    world.user(PHONE).await;
    world.sign_in(PHONE, PASSWORD).await.expect("the password is right")
}

#[tokio::test]
async fn sign_in_tells_who_it_is() {
    let world = World::new();
    let signed_in = signed_in(&world).await;
    let found = world.authenticate.authenticate(&signed_in.token).await.unwrap().unwrap();
    assert_eq!(found.session, signed_in.session);
    let withheld = Some(PasswordHash::withheld());
    assert!(signed_in.user.password_hash != withheld);
    assert_eq!(found.user, User { password_hash: withheld, ..signed_in.user });
    assert!(found.user.last_login_at.is_some());
}

#[tokio::test]
async fn ses_3_every_sign_in_has_a_token_of_its_own() {
    let world = World::new();
    let first = signed_in(&world).await;
    let second = world.sign_in(PHONE, PASSWORD).await.unwrap();
    assert_ne!(first.token.expose(), second.token.expose());
    assert_ne!(first.session.id, second.session.id);
    assert!(world.is_signed_in(&first).await, "another device stays signed in");
    assert!(world.is_signed_in(&second).await);
}

#[tokio::test]
async fn ses_3_former_token_dies_at_sign_in() {
    let world = World::new();
    let first = signed_in(&world).await;
    world.user(OTHER_PHONE).await;
    let former = Some(first.token.clone());
    let other = Credentials { former, ..credentials(OTHER_PHONE, PASSWORD) };
    let second = world.sign_in.sign_in(other).await.unwrap();
    assert!(!world.is_signed_in(&first).await);
    assert!(world.is_signed_in(&second).await);
}

#[tokio::test]
async fn ses_3_former_token_survives_a_refusal() {
    let world = World::new();
    let first = signed_in(&world).await;
    let former = Some(first.token.clone());
    let wrong = Credentials { former, ..credentials(PHONE, WRONG_PASSWORD) };
    world.sign_in.sign_in(wrong).await.unwrap_err();
    assert!(world.is_signed_in(&first).await);
}

#[tokio::test]
async fn ses_3_token_that_was_not_issued_is_never_adopted() {
    let world = World::new();
    world.user(PHONE).await;
    let planted = SessionToken::generate(&mut rand::rng());
    let former = Some(planted.clone());
    let victim = Credentials { former, ..credentials(PHONE, PASSWORD) };
    let signed_in = world.sign_in.sign_in(victim).await.unwrap();
    assert_ne!(signed_in.token.expose(), planted.expose());
    assert!(world.authenticate.authenticate(&planted).await.unwrap().is_none());
}

#[tokio::test]
async fn ses_4_idle_session_ends() {
    let world = World::new();
    let signed_in = signed_in(&world).await;
    world.clock.advance(Duration::from_hours(1));
    assert!(!world.is_signed_in(&signed_in).await);
}

#[tokio::test]
async fn ses_4_use_extends_a_session_but_not_for_ever() {
    let world = World::new();
    let signed_in = signed_in(&world).await;
    for _ in 0..47 {
        world.clock.advance(Duration::from_mins(30));
        assert!(world.is_signed_in(&signed_in).await);
    }
    world.clock.advance(Duration::from_secs(30 * 60 - 1));
    assert!(world.is_signed_in(&signed_in).await);
    world.clock.advance(Duration::from_secs(1));
    assert!(!world.is_signed_in(&signed_in).await);
}

#[tokio::test]
async fn ses_4_remembered_session_lasts_a_week_idle_and_a_month_at_most() {
    let world = World::new();
    world.user(PHONE).await;
    let remembered = || Credentials { remember: true, ..credentials(PHONE, PASSWORD) };
    let used = world.sign_in.sign_in(remembered()).await.unwrap();
    let idle = world.sign_in.sign_in(remembered()).await.unwrap();
    for day in 1..30 {
        world.clock.advance(Duration::from_hours(24));
        assert!(world.is_signed_in(&used).await, "day {day}");
    }
    assert!(!world.is_signed_in(&idle).await);
    world.clock.advance(Duration::from_hours(24));
    assert!(!world.is_signed_in(&used).await);
}

#[tokio::test]
async fn a_touch_is_told_as_it_is_kept() {
    let world = World::new();
    let signed_in = signed_in(&world).await;
    let session = async || {
        let found = world.authenticate.authenticate(&signed_in.token).await;
        found.unwrap().unwrap().session
    };
    world.clock.advance(Duration::from_mins(30));
    let touched = session().await;
    assert!(touched.last_seen_at > signed_in.session.last_seen_at);
    assert_eq!(session().await, touched);
}

#[tokio::test]
async fn a_busy_session_is_not_written_at_each_request() {
    let world = World::new();
    let signed_in = signed_in(&world).await;
    world.outage.calls();
    for _ in 0..60 {
        world.clock.advance(Duration::from_mins(1));
        assert!(world.is_signed_in(&signed_in).await);
    }
    let touches = world.outage.calls().iter().filter(|call| **call == "sessions.touch").count();
    assert_eq!(touches, 10);
}

#[tokio::test]
async fn ses_5_sign_out_kills_the_token_and_no_other() {
    let world = World::new();
    let first = signed_in(&world).await;
    let second = world.sign_in(PHONE, PASSWORD).await.unwrap();
    for _ in 0..2 {
        world.sign_out.sign_out(&first.token, &caller(1)).await.unwrap();
        assert!(!world.is_signed_in(&first).await);
        assert!(world.is_signed_in(&second).await);
    }
}

#[tokio::test]
async fn ses_7_the_token_of_a_deleted_user_is_not_valid() {
    let world = World::new();
    let token = SessionToken::generate(&mut rand::rng());
    let lifetime = world.setup.lifetimes.standard;
    let new = NewSession {
        subject: Uuid::new_v4(),
        epoch: 0,
        lifetime,
        methods: Methods::default(),
        device: Device::default(),
        address: String::new(),
        place: None,
        remembered: false,
    };
    let session = Session::begin(new, world.clock.now());
    world.session_store.create(&token.digest(), &session).await.unwrap();
    assert!(world.authenticate.authenticate(&token).await.unwrap().is_none());
}
