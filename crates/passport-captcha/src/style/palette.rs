/// Dark on light, or light on dark.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    /// Dark ink on a light ground.
    #[default]
    Light,
    /// Light ink on a dark ground.
    Dark,
}

/// Colours of the light theme. The dark theme swaps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Palette {
    pub(crate) ink: [u8; 3],
    pub(crate) ground: [u8; 3],
}

impl Palette {
    pub(crate) const PLAIN: Self = Self { ink: [0x1B, 0x26, 0x3B], ground: [0xFF, 0xFF, 0xFF] };

    /// The PNG palette: four colours from ground to ink.
    pub(crate) fn shades(self, theme: Theme) -> [[u8; 3]; 4] {
        let (ground, ink) = match theme {
            Theme::Light => (self.ground, self.ink),
            Theme::Dark => (self.ink, self.ground),
        };
        [0, 1, 2, 3].map(|step| [0, 1, 2].map(|i| blend(ground[i], ink[i], step, 3)))
    }
}

/// Linear interpolation from `from` to `to` at `step` of `last`.
pub(crate) fn blend(from: u8, to: u8, step: u16, last: u16) -> u8 {
    let mixed = (u16::from(from) * (last - step) + u16::from(to) * step) / last;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}
