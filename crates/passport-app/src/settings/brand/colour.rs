//! Colours of the brand. A colour that readers could not tell from its ground is refused.

use std::{fmt, str::FromStr};

/// Least contrast of text (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;

const BLACK: Colour = Colour([0; 3]);
const WHITE: Colour = Colour([255; 3]);

/// A colour in sRGB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// The colours of `static/css/tokens.css` on which the accent stands, in one of the two themes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Theme {
    surface: Colour,
    ground: Colour,
    sunken: Colour,
    /// The colour toward which an accent becomes readable.
    readable: Colour,
    /// Text on the accent, if it is readable there.
    on_accent: Colour,
}

pub(super) const LIGHT: Theme = Theme {
    surface: WHITE,
    ground: Colour([0xf5, 0xf6, 0xf6]),
    sunken: Colour([0xf0, 0xf3, 0xf2]),
    readable: BLACK,
    on_accent: WHITE,
};

pub(super) const DARK: Theme = Theme {
    surface: Colour([0x15, 0x1c, 0x1b]),
    ground: Colour([0x0e, 0x14, 0x13]),
    sunken: Colour([0x1f, 0x29, 0x27]),
    readable: WHITE,
    on_accent: Colour([0x06, 0x21, 0x1d]),
};

/// An accent, and the colour of text on it, in one theme. Each text in them is readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accent {
    /// Links and the main button.
    pub accent: Colour,
    /// Text on the main button.
    pub on_accent: Colour,
}

/// An accent whose contrast with its ground is too low.
#[derive(Debug, PartialEq)]
pub(super) struct Unreadable {
    ground: Colour,
    contrast: f64,
    nearest: Colour,
}

impl Theme {
    /// The accent, with the colour of text on it.
    pub(super) fn accent(self, accent: Colour) -> Result<Accent, Unreadable> {
        let (ground, contrast) = self.worst(accent);
        if contrast < LEAST_CONTRAST {
            return Err(Unreadable { ground, contrast, nearest: self.nearest(accent) });
        }
        let is_readable = accent.contrast(self.on_accent) >= LEAST_CONTRAST;
        let on_accent = if is_readable { self.on_accent } else { self.readable.opposite() };
        Ok(Accent { accent, on_accent })
    }

    /// The readable accent that is nearest to `accent`.
    pub(super) fn nearest(self, accent: Colour) -> Colour {
        let is_readable = |it: &Colour| self.worst(*it).1 >= LEAST_CONTRAST;
        let mut nearer = (0..=100).map(|percent| accent.mixed(self.readable, percent));
        nearer.find(is_readable).unwrap_or(self.readable)
    }

    /// The ground on which `text` has the lowest contrast, and this contrast.
    fn worst(self, text: Colour) -> (Colour, f64) {
        let mut worst = (self.surface, text.contrast(self.surface));
        for ground in [self.ground, self.sunken] {
            let contrast = text.contrast(ground);
            if contrast < worst.1 {
                worst = (ground, contrast);
            }
        }
        worst
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ground, contrast, nearest } = self;
        // Rounded down, so that no contrast that is too low is shown as the least that is allowed.
        let contrast = (contrast * 100.0).floor() / 100.0;
        write!(
            f,
            "but its contrast with {ground}, a ground of the pages, is {contrast:.2}:1 and must be at \
             least {LEAST_CONTRAST}:1, so that links and buttons can be read (WCAG 2.2 AA): {nearest} \
             is the nearest colour that is allowed"
        )
    }
}

impl Colour {
    /// The contrast of two colours, from 1 to 21 (WCAG 2.2).
    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// This colour with some percent of another one.
    fn mixed(self, other: Self, percent: u16) -> Self {
        let part = |at: usize| {
            let (own, other) = (u16::from(self.0[at]), u16::from(other.0[at]));
            u8::try_from((own * (100 - percent) + other * percent + 50) / 100).unwrap_or(u8::MAX)
        };
        Self([part(0), part(1), part(2)])
    }

    fn opposite(self) -> Self {
        Self(self.0.map(|byte| u8::MAX - byte))
    }
}

impl FromStr for Colour {
    type Err = ();

    /// `#rrggbb` or `#rgb`
    fn from_str(text: &str) -> Result<Self, ()> {
        let digits = text.strip_prefix('#').ok_or(())?;
        let digits: Vec<u8> = digits
            .chars()
            .map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok()).ok_or(()))
            .collect::<Result<_, _>>()?;
        let part = |at: usize| match digits.len() {
            3 => Ok(digits[at] * 17),
            6 => Ok(digits[2 * at] * 16 + digits[2 * at + 1]),
            _ => Err(()),
        };
        Ok(Self([part(0)?, part(1)?, part(2)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().unwrap()
    }

    #[test]
    fn a_colour_is_three_or_six_hexadecimal_digits() {
        assert_eq!(colour("#0f6b63").to_string(), "#0f6b63");
        assert_eq!(colour("#0AF").to_string(), "#00aaff");
        for text in ["", "#", "0f6b63", "#0f6b6", "#0f6b634", "#gg0000", "teal", "#٣٣٣", "#+f0000"]
        {
            assert_eq!(text.parse::<Colour>(), Err(()), "{text}");
        }
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        let contrast = |a, b| format!("{:.2}", colour(a).contrast(colour(b)));
        assert_eq!(contrast("#000", "#fff"), "21.00");
        assert_eq!(contrast("#777777", "#ffffff"), "4.48");
        assert_eq!(contrast("#767676", "#ffffff"), "4.54");
        assert_eq!(contrast("#abc", "#abc"), "1.00");
    }

    #[test]
    fn p9_every_text_in_colours_of_the_brand_is_readable() {
        let parts = [0, 0x22, 0x55, 0x88, 0xbb, 0xee, 0xff];
        let all = parts
            .into_iter()
            .flat_map(|r| parts.into_iter().flat_map(move |g| parts.map(|b| [r, g, b])));
        let mut accepted = 0;
        for bytes in all {
            for theme in [LIGHT, DARK] {
                let Accent { accent, on_accent } =
                    theme.accent(theme.nearest(Colour(bytes))).unwrap();
                for (text, ground) in [
                    (accent, theme.surface),
                    (accent, theme.ground),
                    (accent, theme.sunken),
                    (on_accent, accent),
                ] {
                    let contrast = text.contrast(ground);
                    assert!(contrast >= LEAST_CONTRAST, "{text} on {ground}: {contrast}");
                }
                let as_it_is = theme.accent(Colour(bytes));
                accepted += u32::from(as_it_is.is_ok());
                assert_eq!(as_it_is.is_ok(), theme.nearest(Colour(bytes)) == Colour(bytes));
            }
        }
        assert!((200..600).contains(&accepted), "{accepted}");
    }

    #[test]
    fn p9_a_refused_colour_is_told_its_contrast_and_a_neighbour() {
        let refusal = LIGHT.accent(colour("#4a90d9")).unwrap_err().to_string();
        assert!(refusal.contains("contrast with #f0f3f2"), "{refusal}");
        assert!(refusal.contains("is 2.9") && refusal.contains("at least 4.5:1"), "{refusal}");
        let (_, nearest) = refusal.split_once("AA): ").unwrap();
        assert!(LIGHT.accent(colour(&nearest[..7])).is_ok(), "{refusal}");
        assert!(DARK.accent(colour("#0f6b63")).is_err());
    }

    /// The accent is checked against what the pages have.
    #[test]
    fn the_grounds_are_those_of_the_style_sheet() {
        let sheet = include_str!("../../../../../static/css/tokens.css");
        let (light, dark) = sheet.split_once("prefers-color-scheme: dark").unwrap();
        for (theme, sheet) in [(LIGHT, light), (DARK, dark)] {
            for (name, colour) in [
                ("surface", theme.surface),
                ("ground", theme.ground),
                ("sunken", theme.sunken),
                ("on-accent", theme.on_accent),
            ] {
                let line = format!("--{name}: {colour};");
                assert!(sheet.contains(&line), "{line}");
            }
        }
    }
}
