//! How far ink reaches, and how near something may come to it.

use std::ops::RangeInclusive;

use crate::canvas::Point;

/// Heights at which the distance to the neighbour is taken.
pub(super) const SLICES: usize = 12;

/// Places across at which the distance to the rows above is taken.
pub(super) const COLUMNS: usize = 32;

/// The least and the greatest.
pub(super) fn extent(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
        (lesser(low, value), greater(high, value))
    })
}

/// Like `f32::min` where everything is a number, but a single instruction.
pub(super) fn lesser(one: f32, other: f32) -> f32 {
    if one < other { one } else { other }
}

/// Like `f32::max` where everything is a number, but a single instruction.
pub(super) fn greater(one: f32, other: f32) -> f32 {
    if one > other { one } else { other }
}

/// How far something that starts there has to move so as to be nowhere before those ends; nothing
/// finite where they do not meet.
pub(super) fn distance(ends: &[f32], starts: &[f32]) -> f32 {
    let gaps = ends.iter().zip(starts).map(|(end, start)| end - start);
    gaps.filter(|gap| gap.is_finite()).fold(f32::NEG_INFINITY, greater)
}

/// Widens `columns` to the highest or lowest ink of a polygon at each place across.
pub(super) fn outline(
    points: &[Point],
    columns: &mut [f32; COLUMNS],
    outer: impl Fn(f32, f32) -> f32,
) {
    each_line(
        points,
        |point| place::<COLUMNS>(point.0 + 2.0),
        |from, to, places| {
            let end = outer(from.1, to.1);
            for column in &mut columns[places] {
                *column = outer(*column, end);
            }
        },
    );
}

/// Where the ink of a letter starts and ends at each height, by the points there and half a slice
/// around.
pub(super) fn profile(letter: &[Point]) -> ([f32; SLICES], [f32; SLICES]) {
    let (mut starts, mut ends) = ([f32::INFINITY; SLICES], [f32::NEG_INFINITY; SLICES]);
    each_line(
        letter,
        |point| place::<SLICES>(point.1 + 0.72),
        |from, to, places| {
            let (start, end) = (lesser(from.0, to.0), greater(from.0, to.0));
            for slice in places {
                starts[slice] = lesser(starts[slice], start);
                ends[slice] = greater(ends[slice], end);
            }
        },
    );
    (starts, ends)
}

/// Calls `each` with the ends of every line of a polygon and with the places that it crosses.
fn each_line(
    points: &[Point],
    place: impl Fn(&Point) -> usize,
    mut each: impl FnMut(&Point, &Point, RangeInclusive<usize>),
) {
    let Some(mut from) = points.last() else { return };
    let mut before = place(from);
    for to in points {
        let at = place(to);
        each(from, to, before.min(at)..=before.max(at));
        (from, before) = (to, at);
    }
}

/// Which of so many eighths it is.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
fn place<const COUNT: usize>(value: f32) -> usize {
    (((value * 8.0) as i32).max(0) as usize).min(COUNT - 1)
}
