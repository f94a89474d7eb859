#![doc = include_str!("../README.md")]

mod audit_address;
mod authenticate;
mod authenticated;
mod caller;
mod challenge;
mod change_number;
mod change_password;
mod client;
mod clock;
mod code_sign_in;
mod code_sign_up;
mod comparisons;
mod confirm_session;
mod continuation;
mod detached;
mod entrance;
mod error;
mod event;
mod events;
mod export_data;
mod failures;
mod fair_queue;
mod freshness;
mod leave;
mod limits;
mod new_accounts;
mod new_challenge;
mod notices;
mod own_sessions;
mod password_check;
mod passwords;
mod phone_codes;
mod ports;
mod present_challenge;
mod profile;
mod proof;
mod purge_users;
mod purpose;
mod reauthentication;
mod refusal_meter;
mod request_code;
mod request_own_code;
mod reset_password;
mod restore;
mod send_code;
mod sessions;
mod shares;
mod sign_in;
mod sign_out;
mod sign_up;
mod standing_control;
mod subject;
mod undo_number;
mod workers;

pub use audit_address::{AuditAddresses, masked_address};
pub use authenticate::{Authenticate, SeparateStores, SignedInUsers};
pub use authenticated::Authenticated;
pub use caller::Caller;
pub use challenge::{
    CarriedTicket, ChallengeError, ChallengeId, ChallengeKey, ChallengeMeter, ChallengeRefusal,
    ChallengeSeed, Challenges, Gate, IssuedId, ParseChallengeIdError, ParseTicketError,
    PictureStock, Ticket,
};
pub use change_number::{ChangeNumber, ChangeNumberError, ChangedNumber};
pub use change_password::{ChangePassword, ChangePasswordError, NewPassword, PasswordChange};
pub use client::{ClientAddress, Network};
#[cfg(any(test, feature = "testing"))]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use code_sign_in::{CodeCredentials, CodeSignIn, CodeSignInError, SignedInByCode};
pub use code_sign_up::{CodeSignUp, CodeSignUpError, NewUser};
pub use confirm_session::{ConfirmError, ConfirmSession, Proof};
pub use continuation::{Continuation, ContinuationGone, ContinuationKey};
pub use detached::Detached;
pub use entrance::{Entrance, NotAdmitted, SignedIn};
pub use error::{BoxError, Denied, Unavailable};
pub use events::Events;
pub use export_data::{ExportData, ExportError, PersonalData};
pub use failures::{Backoffs, Failures};
pub use fair_queue::{Account, FairQueue, Party, Place};
pub use freshness::{ConfirmationRequired, Freshness};
pub use leave::{Leave, LeaveError, Leaving};
pub use limits::{Limits, Quotas, policies};
pub use new_accounts::NewAccounts;
pub use new_challenge::{DrawnChallenge, IssuedChallenge, NewChallenge};
pub use notices::{AccountNotice, NoticeSender, Notices};
pub use own_sessions::OwnSessions;
pub use password_check::{PasswordCheck, WrongCredentials};
pub use passwords::Passwords;
pub use phone_codes::{CodeRefusal, PhoneCodes};
pub use ports::{
    ChallengeRenderer, CodeMessage, CodeSender, Drawing, Locale, MessageId, Picture, SendOutcome,
    Sound, Theme,
};
pub use present_challenge::{PresentChallenge, SpokenChallenge};
pub use profile::Profile;
pub use proof::{PhoneProof, TypedCode};
pub use purge_users::PurgeUsers;
pub use purpose::CodePurpose;
pub use reauthentication::{Reauthentication, WrongProof};
pub use request_code::{CodeRequest, RequestCode, RequestCodeError};
pub use request_own_code::{RequestOwnCode, RequestOwnCodeError, Solved};
pub use reset_password::{PasswordReset, ResetPassword, ResetPasswordError};
pub use restore::{Restore, RestoreError, Return};
pub use send_code::{SendCode, SendRefusal, SentCode};
pub use sessions::{Arrival, Renewed, SessionLifetimes, Sessions};
pub use sign_in::{Credentials, SignIn, SignInError};
pub use sign_out::SignOut;
pub use sign_up::{Registration, SignUp, SignUpError};
pub use standing_control::{StandingControl, StandingError};
pub use subject::{PhoneTag, SubjectKey};
pub use undo_number::{UndoNumber, UndoNumberError};
pub use workers::{Busy, Priority, Slot, Workers};
