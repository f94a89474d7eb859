//! Layout of the calm style: one line of plain letters.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use super::reach::{SLICES, distance, extent, greater, lesser, profile};
use crate::{
    Captcha,
    canvas::{Canvas, Point},
    faces::Typeface,
    wave::wave,
};

/// Height of a picture, and its width per letter and at both ends together, in pixels of a page.
const HEIGHT: u32 = 56;
const LETTER: u32 = 32;
const ENDS: u32 = 16;

/// Free room at each end of the line, and above and below it, relative to the height of the frame.
const ROOM: (f32, f32) = (0.18, 0.19);
/// Distance between neighbours, in heights of a capital: minimum of the ink and of the boxes.
const APART: (f32, f32) = (0.26, 0.14);
/// Maximum rotation of a letter, as a slope.
const TURN: f32 = 0.06;
/// Maximum offset of a letter from the line, in heights of a capital.
const DRIFT: f32 = 0.05;

/// Width and height of a picture with `length` letters, in pixels of a page.
pub(crate) fn size(length: usize) -> (u32, u32) {
    let letters = u32::try_from(length.clamp(2, Captcha::MAX_LENGTH)).unwrap_or(2);
    (ENDS + LETTER * letters, HEIGHT)
}

/// Draws `text` in the middle of the frame, as large as it allows, in one typeface.
pub(crate) fn draw(canvas: &mut Canvas, text: &str, frame: Point, rng: &mut Xoshiro256PlusPlus) {
    let mut line = Line::new(text, rng);
    line.fit(frame, rng);
    let mut start = 0;
    for end in line.contours {
        canvas.polygon(&line.points[start..end]);
        start = end;
    }
}

/// The polygons of a line.
#[derive(Debug)]
struct Line {
    points: Vec<Point>,
    /// End of each polygon in `points`.
    contours: Vec<usize>,
}

impl Line {
    fn new(text: &str, rng: &mut Xoshiro256PlusPlus) -> Self {
        let mut line = Self {
            points: Vec::with_capacity(text.len() * 64),
            contours: Vec::with_capacity(text.len() * 2),
        };
        let typeface = Typeface::calm(rng);
        let (phase, frequency) = (rng.random::<f32>(), rng.random_range(0.15..0.3));
        let mut ink = [f32::NEG_INFINITY; SLICES];
        for (place, character) in (0_u8..).zip(text.chars()) {
            let turn = rng.random_range(-TURN..=TURN);
            let drift = DRIFT * wave(f32::from(place) * frequency + phase);
            let start = line.points.len();
            for contour in typeface.contours(character, rng) {
                line.points.extend(contour.iter().map(|(x, y)| {
                    let (x, y) = (f32::from(*x) * 0.001, f32::from(*y) * 0.001);
                    (x - turn * y, y + turn * x + drift)
                }));
                line.contours.push(line.points.len());
            }
            append(&mut line.points[start..], &mut ink);
        }
        line
    }

    /// Scales and moves the polygons into the frame.
    fn fit(&mut self, (width, height): Point, rng: &mut Xoshiro256PlusPlus) {
        let (left, right) = extent(self.points.iter().map(|point| point.0));
        let (top, bottom) = extent(self.points.iter().map(|point| point.1));
        let free = (width - 2.0 * ROOM.0 * height, height - 2.0 * ROOM.1 * height);
        let scale = (free.0 / (right - left)).min(free.1 / (bottom - top));
        let spare = free.0 - scale * (right - left);
        let shift = spare * rng.random_range(-0.25..=0.25);
        let x = width / 2.0 + shift - f32::midpoint(left, right) * scale;
        let y = height / 2.0 - f32::midpoint(top, bottom) * scale;
        for point in &mut self.points {
            *point = (point.0 * scale + x, point.1 * scale + y);
        }
    }
}

/// Moves a letter to the right of its line; `ink` is the right edge of the line at each height.
fn append(letter: &mut [Point], ink: &mut [f32; SLICES]) {
    let (starts, ends) = profile(letter);
    let reach = ink.iter().copied().fold(f32::NEG_INFINITY, greater);
    let edge = starts.iter().copied().fold(f32::INFINITY, lesser);
    let apart = distance(ink, &starts);
    let shift = if apart.is_finite() { (apart + APART.0).max(reach - edge + APART.1) } else { 0.0 };
    for point in letter {
        point.0 += shift;
    }
    for (ink, end) in ink.iter_mut().zip(ends) {
        *ink = greater(*ink, end + shift);
    }
}
