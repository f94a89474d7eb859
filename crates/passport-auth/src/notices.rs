use std::{fmt, sync::Arc};

use passport_user::PhoneNumber;
use tracing::{info, warn};

use crate::{Denied, Limits, Locale};

/// Sends notices about an account to its owner.
pub trait NoticeSender: fmt::Debug + Send + Sync + 'static {
    /// Sends `notice` to `phone` in the background.
    ///
    /// Returns immediately and cannot fail: a notice without a route, such as a template that a gateway
    /// does not have yet, must not keep the account from being changed. The event is in the person's
    /// history in any case.
    fn send(&self, phone: &PhoneNumber, notice: AccountNotice, locale: Locale);
}

/// What a notice reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountNotice {
    /// The password was set, changed, removed or reset.
    PasswordChanged,
    /// Another number has replaced this one; the change can be undone.
    NumberChanged,
    /// The change from this number was undone.
    NumberUndone,
    /// The account is to be deleted; that can be withdrawn.
    AccountLeaving,
}

impl AccountNotice {
    /// Every notice.
    pub const ALL: [Self; 4] =
        [Self::PasswordChanged, Self::NumberChanged, Self::NumberUndone, Self::AccountLeaving];
}

/// Sends notices within a limit per number.
#[derive(Debug, Clone)]
pub struct Notices {
    sender: Arc<dyn NoticeSender>,
    limits: Limits,
}

impl Notices {
    /// Sends through `sender`.
    pub fn new(sender: Arc<dyn NoticeSender>, limits: Limits) -> Self {
        Self { sender, limits }
    }

    /// Sends `notice` to `phone`, if there is one.
    pub(crate) async fn tell(
        &self,
        phone: Option<&PhoneNumber>,
        notice: AccountNotice,
        locale: Locale,
    ) {
        let Some(phone) = phone else { return };
        match self.limits.charge(&self.limits.notice(phone)).await {
            Ok(_) => self.sender.send(phone, notice, locale),
            Err(Denied::TooMany(_)) => {
                info!(phone = phone.masked(), ?notice, "notice not sent: the number had too many");
            }
            Err(denied) => {
                warn!(phone = phone.masked(), ?notice, %denied, "notice not sent");
            }
        }
    }
}
