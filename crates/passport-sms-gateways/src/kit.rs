//! Building blocks of gateways: the HTTPS transport, tables of codes, encodings, signatures and checks of
//! settings.
//!
//! The gateways of this crate share them. They are public because a gateway outside of this crate needs
//! the same.

pub mod acs3;
pub mod bill;
pub mod carriers;
pub mod check;
pub mod cst;
pub mod digest;
pub mod encoding;
pub mod faults;
pub mod mac;
pub mod transport;
pub mod utc;
pub mod verdict;
