use std::{env, error::Error, path::PathBuf};

use passport_captcha::{Captcha, Level, Theme};

/// What the command line says.
pub(crate) struct Options {
    pub(crate) count: u32,
    pub(crate) out: PathBuf,
    pub(crate) level: Level,
    pub(crate) length: usize,
    pub(crate) size: (u32, u32),
    pub(crate) seed: Option<u64>,
    pub(crate) key: String,
    pub(crate) pattern: Option<String>,
    pub(crate) theme: Theme,
    pub(crate) sheet: Option<PathBuf>,
    pub(crate) audio: bool,
}

impl Options {
    pub(crate) fn parse() -> Result<Self, Box<dyn Error>> {
        let mut options = Self {
            count: 20,
            out: PathBuf::from("captchas"),
            level: Level::default(),
            length: 5,
            size: Captcha::DEFAULT_SIZE,
            seed: None,
            key: String::new(),
            pattern: None,
            theme: Theme::Light,
            sheet: None,
            audio: false,
        };
        let mut arguments = env::args().skip(1);
        while let Some(name) = arguments.next() {
            if name == "--audio" {
                options.audio = true;
                continue;
            }
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--count" => options.count = value.parse()?,
                "--out" => options.out = value.into(),
                "--level" => options.level = value.parse()?,
                // A text beyond the bound is refused anyway, but only after it was sampled.
                "--length" => options.length = value.parse::<u8>()?.into(),
                "--size" => {
                    let (width, height) = value.split_once('x').ok_or("--size wants WxH")?;
                    options.size = (width.parse()?, height.parse()?);
                }
                "--seed" => options.seed = Some(value.parse()?),
                "--key" => options.key = value,
                "--pattern" => options.pattern = Some(value),
                "--theme" => {
                    options.theme = match value.as_str() {
                        "light" => Theme::Light,
                        "dark" => Theme::Dark,
                        _ => return Err("--theme wants light or dark".into()),
                    }
                }
                "--sheet" => options.sheet = Some(value.into()),
                _ => return Err(format!("unknown option {name}").into()),
            }
        }
        Ok(options)
    }
}
