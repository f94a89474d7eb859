use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use passport_captcha::{Pattern, Style, StyleFamily, Theme};

/// Write pictures named after their answers, for inspection or attacks
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  render --count 500 --calm --seed 7 --out DIR            the same 500 pictures every time
  render --audio --key TEXT                               sounds too, and another family of styles
  render --sheet FILE.png                                 every style in both themes, in one picture
  render --count 40 --calm --readers DIR --answers FILE   sheets for readers who do not know the answers")]
pub(crate) struct Options {
    /// Number of pictures
    #[arg(long, default_value_t = 20)]
    pub(crate) count: u32,
    /// Output folder
    #[arg(long, value_name = "DIR", default_value = "captchas")]
    pub(crate) out: PathBuf,
    /// Draw the calm style instead of a family
    #[arg(long)]
    pub(crate) calm: bool,
    /// Pixels of a picture for one of the page, in each direction
    #[arg(long, default_value_t = 1)]
    pub(crate) scale: u32,
    /// Characters per text
    #[arg(long, default_value_t = 5)]
    pub(crate) length: usize,
    /// Width and height in pixels of a page [default: that of the style]
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub(crate) size: Option<(u32, u32)>,
    /// Seed for reproducible output; random by default
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Key of the family of styles
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) key: String,
    /// Use only the family's style with this pattern, such as bands
    #[arg(long, value_name = "NAME", value_parser = pattern)]
    pub(crate) pattern: Option<Pattern>,
    /// Dark ink on a light ground, or light on dark
    #[arg(long, value_enum, default_value_t = Ground::Light)]
    pub(crate) theme: Ground,
    /// Write a .wav beside each picture, alternating between Chinese and English
    #[arg(long)]
    pub(crate) audio: bool,
    /// Write only a contact sheet of every style in both themes to this file
    #[arg(long, value_name = "FILE.png")]
    pub(crate) sheet: Option<PathBuf>,
    /// Write only numbered sheets of pictures in both themes to this folder, as pages show them
    #[arg(long, value_name = "DIR", requires = "answers")]
    pub(crate) readers: Option<PathBuf>,
    /// File for the answers of the numbered sheets
    #[arg(long, value_name = "FILE", requires = "readers")]
    pub(crate) answers: Option<PathBuf>,
}

/// Names of the themes on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Ground {
    Light,
    Dark,
}

impl Options {
    pub(crate) fn theme(&self) -> Theme {
        match self.theme {
            Ground::Light => Theme::Light,
            Ground::Dark => Theme::Dark,
        }
    }

    /// The calm style, or the styles of the family, limited to the selected pattern.
    pub(crate) fn styles(&self, family: &StyleFamily) -> Vec<Style> {
        if self.calm {
            return vec![Style::calm()];
        }
        let wanted = |style: &&Style| self.pattern.is_none_or(|it| Some(it) == style.pattern());
        family.styles().iter().filter(wanted).cloned().collect()
    }
}

fn size(text: &str) -> Result<(u32, u32), &'static str> {
    let numbers = text.split_once('x').map(|(width, height)| (width.parse(), height.parse()));
    let Some((Ok(width), Ok(height))) = numbers else {
        return Err("size must have the form 160x104");
    };
    Ok((width, height))
}

fn pattern(text: &str) -> Result<Pattern, String> {
    let name = |pattern: Pattern| format!("{pattern:?}").to_lowercase();
    let found = Pattern::ALL.into_iter().find(|it| name(*it) == text.to_lowercase());
    found.ok_or_else(|| format!("pattern must be one of {}", Pattern::ALL.map(name).join(", ")))
}
