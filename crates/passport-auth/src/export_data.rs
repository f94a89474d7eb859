use std::sync::Arc;

use passport_session::Session;
use passport_user::{AccountEvent, EventFilter, Journal, User, UserId, UserRepository};
use thiserror::Error;

use crate::{
    Authenticated, Caller, ConfirmationRequired, Denied, Detached, Freshness, Limits, Operator,
    OperatorError, Sessions,
    event::{Effect, EventSubject, Operation, Refused},
};

/// Events that are read at once.
const PAGE: u32 = 500;
/// Most events of an export, newest first.
const MOST: usize = 20_000;

/// Collects everything that is kept of a person.
#[derive(Debug, Clone)]
pub struct ExportData {
    /// Freshness of sessions.
    pub freshness: Freshness,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Journal of events.
    pub journal: Arc<dyn Journal>,
    /// Limits.
    pub limits: Limits,
    /// Runner of operations.
    pub detached: Detached,
}

/// Everything that is kept of a person.
#[derive(Debug)]
pub struct PersonalData {
    /// The user, with the whole number.
    pub user: User,
    /// Valid sessions, latest first.
    pub sessions: Vec<Session>,
    /// Events about the person, newest first.
    pub events: Vec<AccountEvent>,
}

impl ExportData {
    /// Collects the data of the person, which needs a fresh session.
    ///
    /// # Errors
    ///
    /// See [`ExportError`].
    pub async fn export(
        &self,
        person: Authenticated,
        client: Caller,
    ) -> Result<PersonalData, ExportError> {
        let (this, subject) = (self.clone(), EventSubject::person(&person, &client));
        let act = |_| async move {
            this.freshness.require(&person)?;
            let hit = this.limits.charge(&this.limits.export(person.user.id)).await?;
            let collected = collect(&this.sessions, &*this.journal, person.user).await;
            if collected.is_err() {
                this.limits.refund(&hit).await;
            }
            Ok(collected?)
        };
        self.detached.perform(Operation::Export, subject, act).await
    }
}

/// Everything that is kept of a user, with whole number, for an operator who answers a request for it.
#[derive(Debug, Clone)]
pub struct ExportUser {
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Sessions of users.
    pub sessions: Sessions,
    /// Journal of events.
    pub journal: Arc<dyn Journal>,
    /// Runner of operations.
    pub detached: Detached,
}

impl ExportUser {
    /// Collects the data of the user. The event of it is in the journal before the data are returned.
    ///
    /// # Errors
    ///
    /// See [`OperatorError`].
    pub async fn export(
        &self,
        user: UserId,
        operator: &Operator,
    ) -> Result<PersonalData, OperatorError> {
        let (this, subject) = (self.clone(), EventSubject::operator(operator).user_id(user));
        let act = |mut event: AccountEvent| async move {
            let user = this.users.find(user).await.map_err(Denied::from)?;
            let user = user.ok_or(OperatorError::NoUser)?;
            event.phone = user.phone.as_ref().map(|phone| this.detached.events().phone(phone));
            this.journal.record(&[event]).await.map_err(Denied::from)?;
            let Self { sessions, journal, .. } = &this;
            Ok(collect(sessions, &**journal, user).await?)
        };
        self.detached.perform(Operation::Export, subject, act).await
    }
}

async fn collect(
    sessions: &Sessions,
    journal: &dyn Journal,
    user: User,
) -> Result<PersonalData, Denied> {
    let sessions = sessions.list(&user).await?;
    let filter = EventFilter { subject: Some(user.id), ..EventFilter::default() };
    let mut events: Vec<AccountEvent> = Vec::new();
    while events.len() < MOST {
        let before = events.last().map(|event| event.id);
        let page = journal.read(&filter, before, PAGE).await?;
        let is_last = page.len() < PAGE as usize;
        events.extend(page);
        if is_last {
            break;
        }
    }
    Ok(PersonalData { user, sessions, events })
}

/// Reason why nothing was exported.
///
/// Exhaustive, because each wire must have an answer for each variant.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The person exports too often, or a store could not answer.
    #[error("{0}")]
    Denied(#[from] Denied),
    /// The session is not fresh.
    #[error(transparent)]
    NotFresh(#[from] ConfirmationRequired),
}

impl Refused for ExportError {
    fn rule(&self) -> &'static str {
        match self {
            Self::Denied(denied) => denied.rule(),
            Self::NotFresh(_) => "confirmation-required",
        }
    }
}

impl Effect for PersonalData {
    fn describe(&self, _: &mut AccountEvent) -> bool {
        true
    }
}
