/// Amount of distortion of the patterned styles. Lengths are in heights of a capital.
///
/// Stronger and weaker ones were measured, and made no difference to programs or readers: README,
/// "What it is worth".
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strength {
    /// Maximum shear of a letter, horizontally and vertically.
    pub(crate) slope: f32,
    /// Maximum relative change of a letter's width and height, and maximum vertical offset.
    pub(crate) uneven: f32,
    /// Overlap of neighbouring letters; negative values are gaps.
    pub(crate) overlap: f32,
    /// Amplitude of the warp of a letter.
    pub(crate) bend: f32,
    /// Amplitude of the warp of the whole text.
    pub(crate) text_warp: f32,
    /// Maximum slope of the rows.
    pub(crate) tilt: f32,
    /// Amplitude of the baseline shift of letters.
    pub(crate) baseline_shift: f32,
    /// Distance between the lines of the pattern.
    pub(crate) cell: f32,
    /// Number of pieces of other letters at the edges.
    pub(crate) decoys: usize,
    /// Minimum size of the text, relative to the largest that fits.
    pub(crate) room: f32,
}

impl Strength {
    /// The strength of every patterned style.
    pub(crate) const USUAL: Self = Self {
        slope: 0.09,
        uneven: 0.05,
        overlap: -0.05,
        bend: 0.015,
        text_warp: 0.08,
        tilt: 0.14,
        baseline_shift: 0.06,
        cell: 1.2,
        decoys: 1,
        room: 0.95,
    };
}
