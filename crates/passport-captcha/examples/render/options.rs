use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use passport_captcha::{Captcha, Level, Pattern, Style, StyleFamily, Theme};

/// Writes pictures named after their answers, to look at or to attack
#[derive(Debug, Parser)]
#[command(after_help = "\
Examples:
  render --count 500 --level 2 --seed 7 --out DIR    the same 500 pictures every time
  render --audio --key TEXT                          another family of styles, and sounds
  render --sheet FILE.png                            every style at every level, in one picture")]
pub(crate) struct Options {
    /// How many pictures
    #[arg(long, default_value_t = 20)]
    pub(crate) count: u32,
    /// The folder that they are written to
    #[arg(long, value_name = "DIR", default_value = "captchas")]
    pub(crate) out: PathBuf,
    /// From 0 to 3
    #[arg(long, default_value_t)]
    pub(crate) level: Level,
    /// Characters of a text
    #[arg(long, default_value_t = 5)]
    pub(crate) length: usize,
    /// Width and height, 160x104 unless told otherwise
    #[arg(long, value_name = "WxH", value_parser = size)]
    pub(crate) size: Option<(u32, u32)>,
    /// Makes every run give the same; without it every run differs
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// What the family of styles is derived from
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub(crate) key: String,
    /// Only the family's style of this pattern, such as bands
    #[arg(long, value_name = "NAME", value_parser = pattern)]
    pub(crate) pattern: Option<Pattern>,
    /// Dark ink on a light ground, or light on dark
    #[arg(long, value_enum, default_value_t = Ground::Light)]
    pub(crate) theme: Ground,
    /// A .wav beside each picture, in Chinese and English by turns
    #[arg(long)]
    pub(crate) audio: bool,
    /// Draws every style at every level into this file, and nothing else
    #[arg(long, value_name = "FILE.png")]
    pub(crate) sheet: Option<PathBuf>,
}

/// What a picture's theme is called.
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

    /// The pictures' width and height.
    pub(crate) fn size(&self) -> (u32, u32) {
        self.size.unwrap_or(Captcha::DEFAULT_SIZE)
    }

    /// The styles of the family that were asked for.
    pub(crate) fn styles(&self, family: &StyleFamily) -> Vec<Style> {
        let wanted = |style: &&Style| self.pattern.is_none_or(|it| it == style.pattern());
        family.styles().iter().filter(wanted).cloned().collect()
    }
}

fn size(text: &str) -> Result<(u32, u32), &'static str> {
    let numbers = text.split_once('x').map(|(width, height)| (width.parse(), height.parse()));
    let Some((Ok(width), Ok(height))) = numbers else { return Err("not like 160x104") };
    Ok((width, height))
}

fn pattern(text: &str) -> Result<Pattern, String> {
    let name = |pattern: Pattern| format!("{pattern:?}").to_lowercase();
    let found = Pattern::ALL.into_iter().find(|it| name(*it) == text.to_lowercase());
    found.ok_or_else(|| format!("not one of {}", Pattern::ALL.map(name).join(", ")))
}
