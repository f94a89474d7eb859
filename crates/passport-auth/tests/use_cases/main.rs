//! The use cases on in-process stores, with a clock that stands still.

mod account_world;
mod doubles;
mod faulty;
mod faulty_accounts;
mod life;
mod logs;
mod people;
mod setup;
mod world;

mod bindings;
mod challenges;
mod code_sign_in;
mod code_sign_up;
mod codes;
mod difficulty;
mod enumeration;
mod hanging_up;
mod issued_challenges;
mod outages;
mod own_sessions;
mod passwords;
mod privacy;
mod repeats;
mod send_limits;
mod session_room;
mod sessions;
mod sign_in_limits;
mod sign_up;
mod unsolved_challenges;
mod wrong_answers;
mod wrong_codes;
