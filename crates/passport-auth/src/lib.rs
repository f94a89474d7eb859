//! Sign-up, sign-in and sign-out by phone number, as use cases without a framework.
