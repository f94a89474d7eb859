//! A change that ends sessions ends those, too, that are about to begin (accounts.md §3.14).

use std::sync::Arc;

use async_trait::async_trait;
use passport_auth::{
    Authenticate, Authenticated, CodeCredentials, CodePurpose, NewPassword, Proof, SeparateStores,
    SignInError, SignedIn, SignedInUsers, Unavailable,
};
use passport_session::{Session, SessionDigest};
use passport_user::{Epoch, User};
use time::OffsetDateTime;
use tokio::sync::Barrier;

use crate::{
    life::{code_credentials, new_password, reset},
    operators::operator,
    world::{OTHER_PHONE, PASSWORD, PHONE, World, caller, credentials, number, password},
};

/// Changes that end the sessions of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Password,
    NoPassword,
    Reset,
    Number,
    Undo,
    Leave,
    Disable,
    DisableAndEnable,
}

impl Change {
    const ALL: [Self; 8] = [
        Self::Password,
        Self::NoPassword,
        Self::Reset,
        Self::Number,
        Self::Undo,
        Self::Leave,
        Self::Disable,
        Self::DisableAndEnable,
    ];

    /// A signed-in person with [`PASSWORD`] at [`PHONE`]; before an undo, one who has changed to it.
    async fn prepare(self, world: &World) -> Authenticated {
        if self != Self::Undo {
            return world.person(PHONE).await;
        }
        let person = world.person(OTHER_PHONE).await;
        let code = world.change_code(&person, PHONE).await;
        let change = &world.accounts.change_number;
        change.change(person, number(PHONE), code, caller(1)).await.expect("the code is good");
        world.person(PHONE).await
    }

    async fn make(self, world: &World, person: Authenticated) {
        let (accounts, id) = (&world.accounts, person.user.id);
        match self {
            Self::Password => {
                let change = accounts.change_password.change(person, new_password(), caller(1));
                change.await.expect("the password is right");
            }
            Self::NoPassword => {
                let remove = accounts.change_password.remove(person, caller(1));
                remove.await.expect("the session is fresh");
            }
            Self::Reset => {
                let code = world.typed_code(PHONE, CodePurpose::Reset).await;
                accounts.reset_password.reset(reset(PHONE, &code)).await.expect("it is good");
            }
            Self::Number => {
                let phone = "13700137000";
                let code = world.change_code(&person, phone).await;
                let change = accounts.change_number.change(person, number(phone), code, caller(1));
                change.await.expect("the code is good");
            }
            Self::Undo => {
                let code = world.typed_code(OTHER_PHONE, CodePurpose::UndoNumber).await;
                let undo = accounts.undo_number.undo(number(OTHER_PHONE), code, caller(1));
                undo.await.expect("the code is good");
            }
            Self::Leave => {
                accounts.leave.leave(person, caller(1)).await.expect("the session is fresh");
            }
            Self::Disable => {
                accounts
                    .operators
                    .standing
                    .disable(id, &operator())
                    .await
                    .expect("the stores answer");
            }
            Self::DisableAndEnable => {
                accounts
                    .operators
                    .standing
                    .disable(id, &operator())
                    .await
                    .expect("the stores answer");
                accounts
                    .operators
                    .standing
                    .enable(id, &operator())
                    .await
                    .expect("the stores answer");
            }
        }
    }
}

/// Signs in with the old password, and makes `change` when the session is about to be stored.
async fn overtaken_by(change: Change, world: &World) -> SignedIn {
    let person = change.prepare(world).await;
    let held = world.outage.hold("sessions.create");
    let sign_in = world.sign_in.clone();
    let late = tokio::spawn(async move { sign_in.sign_in(credentials(PHONE, PASSWORD)).await });
    held.reached.await.expect("the session is about to be stored");
    change.make(world, person).await;
    drop(held.release);
    late.await.expect("no panic").expect("the password was right when it was compared")
}

#[tokio::test]
async fn ses_7_a_session_that_was_overtaken_by_a_change_is_not_valid() {
    for change in Change::ALL {
        let world = World::roomy();
        let late = overtaken_by(change, &world).await;
        assert!(!world.is_signed_in(&late).await, "{change:?}");
        let user = world.users.find(late.user.id).await.unwrap().unwrap();
        let listed = world.sessions.list(&user).await.unwrap();
        assert!(!listed.iter().any(|session| session.id == late.session.id), "{change:?}");
    }
}

/// Reads sessions as if users had no epoch, so that only deletion ends them.
#[derive(Debug)]
struct WithoutEpochs(SeparateStores);

#[async_trait]
impl SignedInUsers for WithoutEpochs {
    async fn find(
        &self,
        digest: &SessionDigest,
        now: OffsetDateTime,
    ) -> Result<Option<(Session, User)>, Unavailable> {
        let found = self.0.find(digest, now).await?;
        Ok(found.map(|(session, user)| {
            let epoch = Epoch::new(session.epoch);
            (session, User { epoch, ..user })
        }))
    }
}

/// Shows that the test above sees the fault: every change deletes the sessions that it finds, and the
/// late one would be valid.
#[tokio::test]
async fn deletion_of_sessions_alone_would_leave_the_late_one() {
    for change in Change::ALL {
        let world = World::roomy();
        let late = overtaken_by(change, &world).await;
        let stores = SeparateStores {
            sessions: Arc::clone(&world.session_store),
            users: Arc::clone(&world.users),
        };
        let signed_in = Arc::new(WithoutEpochs(stores));
        let by_deletion = Authenticate { signed_in, sessions: world.sessions.clone() };
        let found = by_deletion.authenticate(&late.token).await.unwrap();
        // The standing is read with the user.
        let is_told_by_standing = matches!(change, Change::Leave | Change::Disable);
        assert_eq!(found.is_some(), !is_told_by_standing, "{change:?}");
    }
}

/// A password that is being compared when the account changes.
#[tokio::test]
async fn ses_7_a_password_that_is_compared_during_a_change_opens_nothing() {
    for change in [Change::Disable, Change::DisableAndEnable, Change::Number, Change::NoPassword] {
        let world = World::roomy();
        let person = change.prepare(&world).await;
        let held = world.hold_hashing().await;
        world.outage.calls();
        let sign_in = world.sign_in.clone();
        let late = tokio::spawn(async move { sign_in.sign_in(credentials(PHONE, PASSWORD)).await });
        while !world.outage.called("users.find_by_phone") {
            tokio::task::yield_now().await;
        }
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        change.make(&world, person).await;
        drop(held);
        let late = late.await.unwrap().expect("it was right when the user was read");
        assert!(!world.is_signed_in(&late).await, "{change:?}");
    }
}

#[tokio::test]
async fn ses_7_a_session_by_code_that_was_overtaken_is_not_valid() {
    for change in Change::ALL {
        let world = World::roomy();
        let person = change.prepare(&world).await;
        let code = world.typed_code(PHONE, CodePurpose::SignIn).await;
        let held = world.outage.hold("sessions.create");
        let code_sign_in = world.accounts.code_sign_in.clone();
        let submit: CodeCredentials = code_credentials(PHONE, &code);
        let late = tokio::spawn(async move { code_sign_in.sign_in(submit).await });
        held.reached.await.unwrap();
        change.make(&world, person).await;
        drop(held.release);
        let late = late.await.unwrap().expect("the code was good").signed_in;
        assert!(!world.is_signed_in(&late).await, "{change:?}");
    }
}

/// A confirmation of another device that was under way does not carry its session over.
#[tokio::test]
async fn ses_7_a_confirmation_that_was_overtaken_keeps_no_session() {
    for change in Change::ALL {
        let world = World::roomy();
        let person = change.prepare(&world).await;
        let other = world.person(PHONE).await;
        let held = world.outage.hold("sessions.rotate");
        let confirm = world.accounts.confirm_session.clone();
        let (its, proof) = (other.clone(), Proof::Password(password(PASSWORD)));
        let late = tokio::spawn(async move { confirm.confirm(its, proof, caller(1)).await });
        held.reached.await.unwrap();
        change.make(&world, person).await;
        drop(held.release);
        if let Ok(renewed) = late.await.unwrap() {
            assert!(world.read(&renewed.token).await.is_none(), "{change:?}");
        }
        assert!(world.read(&other.token).await.is_none(), "{change:?}");
    }
}

/// The same without a script: rivals behind a barrier, on two threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ses_7_rivals_leave_no_session_of_the_old_password() {
    let mut begun = 0;
    for change in [Change::Password, Change::Reset, Change::Disable, Change::Number] {
        for round in 0..50 {
            let world = Arc::new(World::roomy());
            let person = change.prepare(&world).await;
            let barrier = Arc::new(Barrier::new(2));
            let (its, rival) = (Arc::clone(&world), Arc::clone(&barrier));
            let late = tokio::spawn(async move {
                rival.wait().await;
                // The change has more steps before the one that decides, in some rounds.
                for _ in 0..round % 25 {
                    tokio::task::yield_now().await;
                }
                its.sign_in(PHONE, PASSWORD).await
            });
            barrier.wait().await;
            change.make(&world, person).await;
            match late.await.unwrap() {
                Ok(late) => {
                    begun += 1;
                    assert!(!world.is_signed_in(&late).await, "{change:?}, round {round}");
                }
                Err(SignInError::WrongCredentials(_) | SignInError::NotAdmitted(_)) => {}
                Err(error) => panic!("{error:?}"),
            }
        }
    }
    assert!(begun > 0, "no sign-in was in time");
}

/// Kept sessions are those of the epoch; a change that keeps them is none of these changes.
#[tokio::test]
async fn pwd_10_a_change_that_keeps_sessions_keeps_the_epoch() {
    let world = World::roomy();
    let person = world.person(PHONE).await;
    let new = NewPassword { keep_sessions: true, ..new_password() };
    let changed =
        world.accounts.change_password.change(person.clone(), new, caller(1)).await.unwrap();
    assert_eq!(changed.user.epoch, person.user.epoch);
}
