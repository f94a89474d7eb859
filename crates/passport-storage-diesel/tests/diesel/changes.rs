//! Every change of an account with its event, for tests that interrupt it.

use std::{sync::Arc, time::Duration};

use passport_user::{
    AccountEvent, Epoch, EventKind, InsertUserError, NumberChange, PasswordHash, Standing, User,
    UserRepository,
};

use crate::{
    room::{self, NOW},
    sql::lines,
};

const DAY: Duration = Duration::from_hours(24);

/// A change that [`Account::make`] makes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Change {
    Insert,
    SetPassword,
    Rename,
    MoveNumber,
    UndoNumber,
    SetStanding,
    Purge,
}

impl Change {
    pub(crate) const ALL: [Self; 7] = [
        Self::Insert,
        Self::SetPassword,
        Self::Rename,
        Self::MoveNumber,
        Self::UndoNumber,
        Self::SetStanding,
        Self::Purge,
    ];
}

/// An account to which one change is made.
#[derive(Debug, Clone)]
pub(crate) struct Account {
    change: Change,
    number: u32,
    user: User,
    event: AccountEvent,
}

impl Account {
    /// The account with this even number, in the state in which `change` can be made.
    pub(crate) async fn ready(
        change: Change,
        number: u32,
        users: &Arc<dyn UserRepository>,
    ) -> Self {
        let user = room::user(number);
        let event = AccountEvent { subject: Some(user.id), ..new_event(EventKind::UserExported) };
        let account = Self { change, number, user, event };
        let add = async || room::add(users, &account.user).await.unwrap();
        match change {
            Change::Insert => {}
            Change::SetPassword | Change::Rename | Change::MoveNumber | Change::SetStanding => {
                add().await;
            }
            Change::UndoNumber => {
                add().await;
                account.change_number(users, &new_event(EventKind::NumberChanged)).await.unwrap();
            }
            Change::Purge => {
                add().await;
                let standing = Standing::Leaving { since: NOW, purge_at: NOW };
                let event = new_event(EventKind::UserLeaving);
                let id = account.user.id;
                users.set_standing(id, Epoch::default(), standing, &event).await.unwrap();
            }
        }
        account
    }

    /// Makes the change; an error is returned as its text.
    pub(crate) async fn make(&self, users: &Arc<dyn UserRepository>) -> Result<(), String> {
        let Self { user, event, .. } = self;
        let epoch = Epoch::default();
        let made = match self.change {
            Change::Insert => {
                return match users.insert(user, event).await {
                    Ok(()) | Err(InsertUserError::PhoneTaken) => Ok(()),
                    Err(error) => Err(room::chain(&error)),
                };
            }
            Change::SetPassword => {
                let hash = PasswordHash::new("$new");
                users.set_password(user.id, epoch, Some(&hash), event).await.map(drop)
            }
            Change::Rename => users.rename(user.id, &"Zoë".parse().unwrap(), event).await.map(drop),
            Change::MoveNumber => return self.change_number(users, event).await,
            Change::UndoNumber => {
                users.undo_number(user.id, &room::phone(self.number), NOW, event).await.map(drop)
            }
            Change::SetStanding => {
                let standing = Standing::Disabled { since: NOW };
                users.set_standing(user.id, epoch, standing, event).await.map(drop)
            }
            Change::Purge => users.purge(user.id, NOW, event).await.map(drop),
        };
        made.map_err(|error| room::chain(&error))
    }

    async fn change_number(
        &self,
        users: &Arc<dyn UserRepository>,
        event: &AccountEvent,
    ) -> Result<(), String> {
        let number = room::phone(self.number + 1);
        let change = NumberChange { number, now: NOW, undo_until: NOW + DAY };
        let changed = users.change_number(self.user.id, Epoch::default(), &change, event).await;
        changed.map(drop).map_err(|error| room::chain(&error))
    }

    /// What the tables have of the account, in words that are the same for each account.
    pub(crate) async fn state(&self, url: &str) -> Vec<String> {
        let id = self.user.id.as_uuid();
        let id = if url.starts_with("sqlite:") {
            format!("x'{}'", id.simple())
        } else {
            format!("'{id}'")
        };
        let query = format!(
            "SELECT 'user ' || nick_name || ' ' || coalesce(password_hash, '-') || ' ' || standing \
                 || ' ' || epoch AS line FROM users WHERE id = {id} \
             UNION ALL SELECT 'phone ' || phone || ' ' || epoch || ' ' \
                 || CASE WHEN until IS NULL THEN 'current' ELSE 'former' END \
             FROM user_phones WHERE user_id = {id} \
             UNION ALL SELECT 'event ' || kind FROM audit_events WHERE subject = {id} ORDER BY 1"
        );
        let [first, second] =
            [0, 1].map(|place| room::phone(self.number + place).as_e164().to_owned());
        let named = |line: String| {
            let default_name = self.user.nick_name.as_str();
            line.replace(default_name, "NAME").replace(&first, "FIRST").replace(&second, "SECOND")
        };
        lines(url, &query).await.into_iter().map(named).collect()
    }
}

fn new_event(kind: EventKind) -> AccountEvent {
    AccountEvent::new(kind, NOW)
}
