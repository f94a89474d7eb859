#![doc = include_str!("../README.md")]

mod alphabet;
mod bands;
mod builder;
mod glyph;
mod layout;
mod level;
mod picture;
mod raster;
mod wave;

pub use alphabet::Alphabet;
pub use builder::{Captcha, RenderError, TextError};
pub use level::{Level, ParseLevelError};
pub use picture::Picture;
