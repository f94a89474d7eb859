#![doc = include_str!("../README.md")]

mod alphabet;
mod audio;
mod builder;
mod canvas;
mod encode;
mod error;
mod faces;
mod layout;
mod pattern;
mod picture;
mod scene;
mod strength;
mod style;
mod wave;

pub use alphabet::Alphabet;
pub use audio::{Audio, Language};
pub use builder::Captcha;
pub use error::{RenderError, TextError};
pub use picture::Picture;
pub use style::{Pattern, Style, StyleFamily, Theme};
