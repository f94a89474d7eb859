//! Ink profiles: extents of letters and rows, and the distance between two profiles.

use std::ops::RangeInclusive;

use crate::canvas::Point;

/// Number of heights at which the distance to the left neighbour is measured.
pub(super) const SLICES: usize = 12;

/// Number of horizontal positions at which the distance to the rows above is measured.
pub(super) const COLUMNS: usize = 32;

/// Minimum and maximum.
pub(super) fn extent(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), value| {
        (lesser(low, value), greater(high, value))
    })
}

/// `f32::min` without its handling of NaN, so that it compiles to a single instruction.
pub(super) fn lesser(one: f32, other: f32) -> f32 {
    if one < other { one } else { other }
}

/// `f32::max` without its handling of NaN, so that it compiles to a single instruction.
pub(super) fn greater(one: f32, other: f32) -> f32 {
    if one > other { one } else { other }
}

/// Smallest shift that moves all `starts` to or past their `ends`; not finite if no pair is finite.
pub(super) fn distance(ends: &[f32], starts: &[f32]) -> f32 {
    let gaps = ends.iter().zip(starts).map(|(end, start)| end - start);
    gaps.filter(|gap| gap.is_finite()).fold(f32::NEG_INFINITY, greater)
}

/// Extends `columns` to the highest or lowest ink of a polygon at each horizontal position.
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

/// Left and right edge of a letter's ink at each height, from the end points of the lines that
/// cross this height.
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

/// Calls `each` for every line of a polygon with its end points and the indices that it crosses.
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

/// Index of the interval of 1/8 that contains `value`, limited to `COUNT`.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is clamped")]
fn place<const COUNT: usize>(value: f32) -> usize {
    (((value * 8.0) as i32).max(0) as usize).min(COUNT - 1)
}
