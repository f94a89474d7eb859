#![doc = include_str!("../README.md")]

mod authenticate;
mod challenge;
mod client;
mod clock;
mod comparisons;
mod detached;
mod error;
mod event;
mod fair_queue;
mod limits;
mod new_challenge;
mod own_sessions;
mod password_check;
mod passwords;
mod phone_codes;
mod ports;
mod present_challenge;
mod proof;
mod purpose;
mod request_code;
mod send_code;
mod sessions;
mod shares;
mod sign_in;
mod sign_out;
mod sign_up;
mod subject;
mod workers;

pub use authenticate::{Authenticate, Authenticated};
pub use challenge::{
    AnswerTally, CarriedTicket, ChallengeError, ChallengeId, ChallengeKey, ChallengeMeter,
    ChallengeRefusal, ChallengeSeed, Challenges, Difficulty, Gate, IssuedId, ParseChallengeIdError,
    ParseTicketError, PictureStock, Ticket,
};
pub use client::ClientAddress;
#[cfg(any(test, feature = "testing"))]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use detached::Detached;
pub use error::{BoxError, Denied, Unavailable};
pub use fair_queue::{FairQueue, Party, Place};
pub use limits::{Limits, Quotas, policies};
pub use new_challenge::{DrawnChallenge, IssuedChallenge, NewChallenge};
pub use own_sessions::OwnSessions;
pub use password_check::{PasswordCheck, WrongCredentials};
pub use passwords::Passwords;
pub use phone_codes::{CodeRefusal, PhoneCodes};
pub use ports::{
    ChallengeRenderer, CodeMessage, CodeSender, Locale, MessageId, Picture, SendOutcome, Sound,
};
pub use present_challenge::{PresentChallenge, SpokenChallenge};
pub use proof::PhoneProof;
pub use purpose::CodePurpose;
pub use request_code::{CodeRequest, RequestCode, RequestCodeError};
pub use send_code::{SendCode, SendRefusal};
pub use sessions::{SessionLifetimes, Sessions};
pub use sign_in::{Credentials, SignIn, SignInError, SignedIn};
pub use sign_out::SignOut;
pub use sign_up::{Registration, SignUp, SignUpError};
pub use subject::{PhoneTag, SubjectKey};
pub use workers::{Busy, Priority, Slot, Workers};
