#![doc = include_str!("../README.md")]

mod acts;
mod authenticate;
mod challenge;
mod charges;
mod client;
mod clock;
mod error;
mod limits;
mod new_challenge;
mod passwords;
mod ports;
mod present_challenge;
mod purpose;
mod request_code;
mod sign_in;
mod sign_out;
mod sign_up;
mod subject;
mod waiting_room;
mod workers;

pub use acts::Acts;
pub use authenticate::{Authenticate, Authenticated};
pub use challenge::{
    AnswerTally, ChallengeError, ChallengeId, ChallengeKey, ChallengeSeed, Challenges, Difficulty,
    IssuedId, ParseChallengeIdError, ParseTicketError, PictureStock, Ticket,
};
pub use client::ClientAddress;
#[cfg(any(test, feature = "testing"))]
pub use clock::ManualClock;
pub use clock::{Clock, SystemClock};
pub use error::{BoxError, Unavailable};
pub use new_challenge::{DrawnChallenge, IssuedChallenge, NewChallenge};
pub use passwords::Passwords;
pub use ports::{
    ChallengeRenderer, CodeMessage, CodeSender, Delivery, Locale, MessageId, Picture, Sound,
};
pub use present_challenge::PresentChallenge;
pub use purpose::CodePurpose;
pub use request_code::{CodeRequest, RequestCode, RequestCodeError, SendQuotas};
pub use sign_in::{Credentials, FailureQuotas, SessionLifetimes, SignIn, SignInError, SignedIn};
pub use sign_out::SignOut;
pub use sign_up::{Registration, SignUp, SignUpError};
pub use subject::{PhoneTag, SubjectKey};
pub use waiting_room::WaitingRoom;
pub use workers::{Busy, Priority, Slot, Workers};
