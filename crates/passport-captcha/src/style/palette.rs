/// Dark on light, or light on dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark ink on a light ground.
    #[default]
    Light,
    /// Light ink on a dark ground.
    Dark,
}

/// Colours of a style in both themes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Palette {
    light: Colours,
    dark: Colours,
}

/// Colours of one theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colours {
    ink: [u8; 3],
    ground: [u8; 3],
}

impl Palette {
    pub(crate) const PLAIN: Self = Self::swapping([0x1B, 0x26, 0x3B], [0xFF, 0xFF, 0xFF]);

    /// Dark green on almost white, and light green on almost black.
    pub(crate) const CALM: Self = Self {
        light: Colours { ink: [0x1E, 0x45, 0x40], ground: [0xF0, 0xF3, 0xF2] },
        dark: Colours { ink: [0xC9, 0xDD, 0xD7], ground: [0x1F, 0x29, 0x27] },
    };

    /// Colours that the dark theme swaps.
    pub(crate) const fn swapping(ink: [u8; 3], ground: [u8; 3]) -> Self {
        Self { light: Colours { ink, ground }, dark: Colours { ink: ground, ground: ink } }
    }

    /// The PNG palette: four colours from ground to ink.
    pub(crate) fn shades(self, theme: Theme) -> [[u8; 3]; 4] {
        let Colours { ink, ground } = match theme {
            Theme::Light => self.light,
            Theme::Dark => self.dark,
        };
        [0, 1, 2, 3].map(|step| [0, 1, 2].map(|i| blend(ground[i], ink[i], step, 3)))
    }
}

/// Linear interpolation from `from` to `to` at `step` of `last`.
pub(crate) fn blend(from: u8, to: u8, step: u16, last: u16) -> u8 {
    let mixed = (u16::from(from) * (last - step) + u16::from(to) * step) / last;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Style, StyleFamily};

    /// Contrast ratio of WCAG 2.
    #[test]
    fn colours_differ_enough_in_both_themes() {
        let families = (0..2_000_u32).flat_map(|number| {
            let mut key = [0; 32];
            key[..4].copy_from_slice(&number.to_le_bytes());
            StyleFamily::derive(&key).styles().to_vec()
        });
        for style in families.chain([Style::calm(), Style::new(crate::Pattern::Bands)]) {
            for theme in [Theme::Light, Theme::Dark] {
                let [ground, .., ink] = style.palette.shades(theme);
                let (ground, ink) = (luminance(ground), luminance(ink));
                let contrast = (ground.max(ink) + 0.05) / (ground.min(ink) + 0.05);
                assert!(contrast >= 7.0, "{:?}, {theme:?}: {contrast}", style.palette);
                assert_eq!(ground > ink, theme == Theme::Light);
            }
        }
    }

    fn luminance(colour: [u8; 3]) -> f64 {
        let linear = colour.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }
}
