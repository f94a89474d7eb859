use passport_user::PhoneNumber;

use crate::ClientAddress;

/// The two sides that share a [`FairQueue`](crate::FairQueue): who asks, and for which account.
///
/// Whether the number has an account plays no part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// Address of the client.
    pub client: ClientAddress,
    /// Number of the account.
    pub account: PhoneNumber,
}
