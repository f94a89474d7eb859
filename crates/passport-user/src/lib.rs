#![doc = include_str!("../README.md")]

mod common_passwords;
mod consent;
mod country;
mod event;
mod hash;
mod invisible;
mod journal;
mod nick_name;
mod operator;
mod password;
mod phone;
mod policy;
mod reason;
mod repository;
mod signing_key;
mod user;

#[cfg(feature = "bcrypt")]
mod bcrypt_sha256;
#[cfg(feature = "testing")]
pub mod testing;

#[cfg(feature = "bcrypt")]
pub use bcrypt_sha256::{BcryptCost, BcryptCostError, BcryptSha256};
pub use consent::{Consent, ParseTermsVersionError, TermsVersion};
pub use country::{CountryCode, ParseCountryCodeError};
pub use event::{AccountEvent, Actor, EventId, EventKind, EventOutcome, EventPhone};
pub use hash::{PasswordHash, PasswordHasher, UnsupportedHash, Verification};
pub use journal::{EventFilter, Journal, JournalError};
pub use nick_name::{NickName, NickNameRefusal};
pub use operator::{
    OperatorName, OperatorToken, OperatorTokenError, OperatorTokenId, OperatorTokenRepository,
    ParseOperatorNameError, ParseScopeError, Scope, Scopes, TokenDigest,
};
pub use password::{Password, PasswordTooLong};
pub use phone::{ParsePhoneNumberError, PhoneNumber};
#[cfg(feature = "numbering-plans")]
pub use phone::{countries::Country, numbering_plans::NumberingPlans};
pub use policy::{PasswordPolicy, PasswordPolicyError, PasswordRefusal};
pub use reason::{Reason, ReasonRefusal};
pub use repository::{
    InsertUserError, NumberChange, NumberChanged, NumberUndone, UserFilter, UserRepository,
    UserRepositoryError,
};
pub use signing_key::{SigningKeyRecord, SigningKeyRepository, SigningKeyRepositoryError};
pub use user::{Epoch, EpochsUsedUp, Standing, StandingKind, User, UserId};
