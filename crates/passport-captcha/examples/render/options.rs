use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use passport_captcha::{Captcha, Level, Pattern, Style, StyleFamily, Theme};

/// Write pictures named after their answers, for inspection or attacks
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  render --count 500 --level 2 --seed 7 --out DIR    the same 500 pictures every time
  render --audio --key TEXT                          sounds too, and another family of styles
  render --sheet FILE.png                            every style at every level, in one picture")]
pub(crate) struct Options {
    /// Number of pictures
    #[arg(long, default_value_t = 20)]
    pub(crate) count: u32,
    /// Output folder
    #[arg(long, value_name = "DIR", default_value = "captchas")]
    pub(crate) out: PathBuf,
    /// Difficulty, 0 to 3
    #[arg(long, default_value_t)]
    pub(crate) level: Level,
    /// Characters per text
    #[arg(long, default_value_t = 5)]
    pub(crate) length: usize,
    /// Width and height in pixels [default: 160x104]
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
    /// Write only a contact sheet of every style at every level to this file
    #[arg(long, value_name = "FILE.png")]
    pub(crate) sheet: Option<PathBuf>,
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

    /// Width and height of the pictures.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.size.unwrap_or(Captcha::DEFAULT_SIZE)
    }

    /// The styles of the family, limited to the selected pattern.
    pub(crate) fn styles(&self, family: &StyleFamily) -> Vec<Style> {
        let wanted = |style: &&Style| self.pattern.is_none_or(|it| it == style.pattern());
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
