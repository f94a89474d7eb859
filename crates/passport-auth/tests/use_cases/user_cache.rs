//! Users cached in the records of their sessions: what is read, and that no change is seen late.

#![expect(clippy::unwrap_used, reason = "what helps tests is a test too")]

mod changes;

use std::{sync::Arc, time::Duration};

use passport_auth::{
    Authenticate, Authenticated, Clock, ManualClock, SessionLifetimes, Sessions, UserCache,
    UserCacheKey,
};
use passport_session::{
    NewSession, Session, SessionDigest, SessionStore, SessionToken, SubjectCache,
};
use passport_storage_memory::{MemorySessionStore, MemoryUserRepository};
use passport_user::{AccountEvent, Epoch, EventKind, PasswordHash, Standing, User, UserRepository};
use rand::rng;
use time::{OffsetDateTime, macros::datetime};

use crate::{
    faulty::{Faulty, Outage},
    world::{OTHER_PHONE, PHONE, number},
};

const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);
const WARM: [&str; 1] = ["cache.look_up"];
const COLD: [&str; 3] = ["cache.look_up", "users.find", "cache.fill"];

/// A node over the stores, and a user with a session.
#[derive(Clone)]
struct Node {
    outage: Arc<Outage>,
    clock: Arc<ManualClock>,
    /// The repository without the cache.
    users: Arc<Faulty<MemoryUserRepository>>,
    sessions: Arc<Faulty<MemorySessionStore>>,
    guarded: Arc<dyn UserRepository>,
    authenticate: Authenticate,
    user: User,
    token: SessionToken,
}

impl Node {
    async fn new() -> Self {
        let outage = Arc::new(Outage::default());
        let clock = Arc::new(ManualClock::new(NOW));
        let users = Arc::new(Faulty {
            store: MemoryUserRepository::default(),
            outage: Arc::clone(&outage),
        });
        let sessions =
            Arc::new(Faulty { store: MemorySessionStore::default(), outage: Arc::clone(&outage) });
        let cache = UserCache::new(Arc::clone(&sessions) as _, UserCacheKey::new([6; 32]));
        let clock_of_sessions: Arc<dyn Clock> = Arc::clone(&clock) as _;
        let lifetimes = SessionLifetimes::default();
        let hash = Some(PasswordHash::new("a hash"));
        let user = User { epoch: Epoch::new(1), ..User::new(number(PHONE), hash, NOW) };
        users.insert(&user, &event()).await.unwrap();
        let mut node = Self {
            guarded: cache.guard(Arc::clone(&users) as _),
            authenticate: Authenticate {
                signed_in: cache.signed_in(Arc::clone(&users) as _),
                sessions: Sessions::new(Arc::clone(&sessions) as _, lifetimes, clock_of_sessions),
            },
            token: SessionToken::generate(&mut rng()),
            outage,
            clock,
            users,
            sessions,
            user,
        };
        node.token = node.sign_in().await;
        node.outage.calls();
        node
    }

    /// A session of the user in the first epoch.
    async fn sign_in(&self) -> SessionToken {
        let token = SessionToken::generate(&mut rng());
        let lifetime = SessionLifetimes::default().standard;
        let new = NewSession { epoch: 1, ..NewSession::new(self.user.id.as_uuid(), lifetime) };
        let session = Session::begin(new, self.clock.now());
        self.sessions.create(&token.digest(), &session).await.unwrap();
        token
    }

    async fn read(&self, token: &SessionToken) -> Option<Authenticated> {
        self.authenticate.authenticate(token).await.expect("the stores answer")
    }

    /// Reads, and returns the calls of stores.
    async fn calls(&self) -> Vec<&'static str> {
        self.outage.calls();
        assert!(self.read(&self.token).await.is_some());
        self.outage.calls()
    }

    async fn disable(&self) -> bool {
        let standing = Standing::Disabled { since: NOW };
        let (id, epoch) = (self.user.id, Epoch::new(1));
        let set = self.guarded.set_standing(id, epoch, standing, &event()).await;
        set.is_ok_and(|epoch| epoch.is_some())
    }

    async fn entry(&self, digest: &SessionDigest) -> Option<Vec<u8>> {
        let found = self.sessions.store.look_up(digest, self.clock.now()).await.unwrap();
        found.expect("the session is live").value
    }

    /// Replaces the entry of the session of `token`.
    async fn forge(&self, token: &SessionToken, entry: &[u8]) {
        let (store, digest) = (&self.sessions.store, token.digest());
        let seen = store.look_up(&digest, self.clock.now()).await.unwrap().unwrap();
        assert!(store.fill(&digest, &seen.session, &seen.version, entry).await.unwrap());
    }
}

fn event() -> AccountEvent {
    AccountEvent::new(EventKind::UserRenamed, NOW)
}

#[tokio::test]
async fn a_session_in_use_is_one_read_of_the_store_of_sessions() {
    let node = Node::new().await;
    assert_eq!(node.calls().await, COLD);
    for _ in 0..3 {
        assert_eq!(node.calls().await, WARM);
    }
    let (cached, stored) = (node.read(&node.token).await.unwrap().user, node.user.clone());
    assert_eq!(cached, User { password_hash: Some(PasswordHash::withheld()), ..stored });
    node.clock.advance(Duration::from_mins(10));
    assert_eq!(node.calls().await, [&COLD[..], &["sessions.touch"]].concat());
    assert_eq!(node.calls().await, WARM, "a use keeps the entry");
}

#[tokio::test]
async fn a_cached_user_is_read_again_after_half_a_minute() {
    let node = Node::new().await;
    node.calls().await;
    node.clock.advance(Duration::from_secs(29));
    assert_eq!(node.calls().await, WARM);
    node.clock.advance(Duration::from_secs(1));
    assert_eq!(node.calls().await, COLD);
    node.clock.advance(Duration::from_secs(29));
    assert_eq!(node.calls().await, WARM);
}

/// As an operator may do it, with SQL.
#[tokio::test]
async fn a_change_behind_the_cache_is_seen_within_half_a_minute() {
    let node = Node::new().await;
    node.calls().await;
    let standing = Standing::Disabled { since: NOW };
    let (id, epoch) = (node.user.id, Epoch::new(1));
    assert!(node.users.set_standing(id, epoch, standing, &event()).await.unwrap().is_some());
    node.clock.advance(Duration::from_secs(30));
    assert!(node.read(&node.token).await.is_none());
}

#[tokio::test]
async fn a_time_in_the_future_is_not_believed() {
    let node = Node::new().await;
    node.calls().await;
    node.clock.set_back(Duration::from_millis(1));
    assert_eq!(node.calls().await, COLD);
    assert_eq!(node.calls().await, WARM);
    node.clock.set_back(Duration::from_mins(10));
    assert_eq!(node.calls().await, COLD);
    node.clock.advance(Duration::from_mins(10));
    assert_eq!(node.calls().await.first_chunk(), Some(&["cache.look_up", "users.find"]));
}

/// After the loss of the last writes of the cache, an entry may be older than its session.
#[tokio::test]
async fn a_cached_user_refuses_no_session() {
    let node = Node::new().await;
    node.read(&node.token).await;
    let (id, digest) = (node.user.id, node.token.digest());
    let epoch = node.users.set_password(id, Epoch::new(1), None, &event()).await.unwrap().unwrap();
    let session = node.sessions.find(&digest, NOW).await.unwrap().unwrap();
    let session = Session { epoch: epoch.number(), ..session };
    let elsewhere = SessionToken::generate(&mut rng()).digest();
    assert!(node.sessions.rotate(&digest, &elsewhere, &session, NOW).await.unwrap());
    assert!(node.sessions.rotate(&elsewhere, &digest, &session, NOW).await.unwrap());
    assert!(node.entry(&digest).await.is_some(), "of the former epoch");
    assert_eq!(node.calls().await, COLD);
    assert_eq!(node.calls().await, WARM);
}

/// An entry tells only what the repository told for its record.
#[tokio::test]
async fn entries_of_other_records_and_invented_ones_are_read_from_the_repository() {
    let node = Node::new().await;
    let other = node.sign_in().await;
    let user = User { epoch: Epoch::new(1), ..User::new(number(OTHER_PHONE), None, NOW) };
    let stranger = Node { user, ..node.clone() };
    node.users.insert(&stranger.user, &event()).await.unwrap();
    let theirs = stranger.sign_in().await;
    for token in [&node.token, &other, &theirs] {
        assert!(node.read(token).await.is_some());
    }
    let own = node.entry(&node.token.digest()).await.unwrap();
    let mut changed = own.clone();
    *changed.last_mut().unwrap() ^= 1;
    for (token, owner) in [(&other, &node.user), (&theirs, &stranger.user)] {
        for forged in [&own[..], &changed, b"", &[0; 200]] {
            node.forge(token, forged).await;
            node.outage.calls();
            assert_eq!(node.read(token).await.unwrap().user.id, owner.id);
            assert_eq!(node.outage.calls(), COLD);
        }
    }
    node.forge(&node.token, &own).await;
    assert_eq!(node.calls().await, WARM, "where it belongs");
}
