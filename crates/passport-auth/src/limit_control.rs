use std::{sync::Arc, time::Duration};

use passport_throttle::{Charge, Policy, Quota, Usage};
use passport_user::{AccountEvent, PhoneNumber, User, UserRepository};

use crate::{
    ClientAddress, Denied, Detached, Failures, Limits, Operator, OperatorError, SeriesState,
    event::{Effect, EventSubject, Operation},
};

/// Shows limits of a number or a client, and resets them, for operators.
#[derive(Debug, Clone)]
pub struct LimitControl {
    /// Limits whose counts can be reached.
    pub limits: Limits,
    /// Which of the limits these are.
    pub reach: LimitReach,
    /// Failures in a row.
    pub failures: Failures,
    /// Repository of users.
    pub users: Arc<dyn UserRepository>,
    /// Runner of operations.
    pub detached: Detached,
}

/// Which counts can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitReach {
    /// All that are in a store.
    All,
    /// Those of messages and accounts; counts of challenges are in the memory of the service.
    WithoutChallenges,
    /// None: they are in the memory of the service. Failures in a row are reached nevertheless.
    None,
}

/// Subject of limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LimitSubject {
    /// A phone number, and the user who has it.
    Phone(PhoneNumber),
    /// A client, with the networks around it.
    Client(ClientAddress),
}

/// Limits of a subject.
#[derive(Debug)]
pub struct LimitReport {
    /// User who has the number.
    pub user: Option<User>,
    /// State of each limit that was reached.
    pub limits: Vec<LimitState>,
    /// State of each series of failures.
    pub failures: Vec<SeriesState>,
}

/// State of a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LimitState {
    /// Name of the limit.
    pub policy: Policy,
    /// Quota of the settings.
    pub quota: Quota,
    /// How much of it is used.
    pub usage: Usage,
    /// Time until one more operation has room; zero if it has room now.
    pub wait: Duration,
}

impl LimitControl {
    /// Limits of `subject` as they are now. Counts nothing.
    ///
    /// # Errors
    ///
    /// If a store does not answer.
    pub async fn show(&self, subject: &LimitSubject) -> Result<LimitReport, OperatorError> {
        let user = self.user(subject).await?;
        let charges = self.charges(subject, user.as_ref());
        let usages = self.limits.usage(&charges).await?;
        let mut limits: Vec<LimitState> = Vec::with_capacity(charges.len());
        for (charge, usage) in charges.iter().zip(usages) {
            let wait = self.limits.wait(&[*charge], None).await;
            let state = LimitState { policy: charge.policy, quota: charge.quota, usage, wait };
            // A count under each key of subjects: the one that allows least decides.
            match limits
                .last_mut()
                .filter(|it| (it.policy, it.quota) == (state.policy, state.quota))
            {
                Some(same) if same.usage.used >= usage.used => {}
                Some(same) => *same = state,
                None => limits.push(state),
            }
        }
        let failures = match subject {
            LimitSubject::Phone(phone) => self.failures.read(phone).await?,
            LimitSubject::Client(_) => Vec::new(),
        };
        Ok(LimitReport { user, limits, failures })
    }

    /// Resets all limits and series of failures of `subject`.
    ///
    /// # Errors
    ///
    /// If a store does not answer; some of them may be reset then.
    pub async fn reset(
        &self,
        subject: LimitSubject,
        operator: &Operator,
    ) -> Result<(), OperatorError> {
        let this = self.clone();
        let user = self.user(&subject).await?;
        let event = EventSubject::operator(operator);
        let (event, address) = match &subject {
            LimitSubject::Phone(phone) => (event.phone(phone), None),
            LimitSubject::Client(client) => (event, self.detached.events().shown(*client)),
        };
        let event = match &user {
            Some(user) => event.user_id(user.id),
            None => event,
        };
        let act = |_| async move {
            this.limits.clear(&this.charges(&subject, user.as_ref())).await?;
            if let LimitSubject::Phone(phone) = &subject {
                this.failures.try_clear(phone).await?;
            }
            Ok(Reset { address })
        };
        let reset: Result<_, OperatorError> =
            self.detached.perform(Operation::ResetLimits, event, act).await;
        reset.map(drop)
    }

    async fn user(&self, subject: &LimitSubject) -> Result<Option<User>, OperatorError> {
        match subject {
            LimitSubject::Phone(phone) => {
                Ok(self.users.find_by_phone(phone).await.map_err(Denied::from)?)
            }
            LimitSubject::Client(_) => Ok(None),
        }
    }

    fn charges(&self, subject: &LimitSubject, user: Option<&User>) -> Vec<Charge> {
        let limits = &self.limits;
        match (self.reach, subject) {
            (LimitReach::None, _) => Vec::new(),
            (LimitReach::All | LimitReach::WithoutChallenges, LimitSubject::Phone(phone)) => {
                let of_user = user.map(|user| limits.all_of_user(user.id)).unwrap_or_default();
                limits.all_of_phone(phone).into_iter().chain(of_user).collect()
            }
            (LimitReach::All, LimitSubject::Client(client)) => {
                let answers = limits.wrong_answer(*client);
                limits.all_of_client(*client).into_iter().chain(answers).collect()
            }
            (LimitReach::WithoutChallenges, LimitSubject::Client(client)) => {
                limits.all_of_client(*client)
            }
        }
    }
}

/// The limits of a subject were reset.
struct Reset {
    /// Address of the client, as far as events carry it.
    address: Option<String>,
}

impl Effect for Reset {
    fn describe(&self, event: &mut AccountEvent) -> bool {
        event.detail.extend(self.address.clone().map(|address| ("client".to_owned(), address)));
        true
    }
}
