use passport_user::{PhoneNumber, UserId};

use crate::ClientAddress;

/// The two sides that share a [`FairQueue`](crate::FairQueue): who asks, and for which account.
///
/// Whether the number has an account plays no part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Address of the client.
    pub client: ClientAddress,
    /// Account that it is for.
    pub account: Account,
}

/// An account, as a [`FairQueue`](crate::FairQueue) tells accounts apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Account {
    /// The account of a number, for people who are not signed in.
    Phone(PhoneNumber),
    /// The account of a signed-in user.
    User(UserId),
}

impl From<PhoneNumber> for Account {
    fn from(phone: PhoneNumber) -> Self {
        Self::Phone(phone)
    }
}

impl From<UserId> for Account {
    fn from(user: UserId) -> Self {
        Self::User(user)
    }
}
