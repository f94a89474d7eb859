//! Patterns over the whole frame. Each line of a pattern is a polygon that covers one side of the
//! line, so with even-odd fill ink and ground are inverted where an odd number of polygons overlap.

use rand::{RngExt, rngs::Xoshiro256PlusPlus};

use crate::{
    canvas::{Canvas, Point},
    style::{Pattern, Patterned},
    wave::{direction, fraction, wave},
};

/// Adds the style's pattern to `canvas` with lines about `cell` pixels apart.
pub(crate) fn draw(
    canvas: &mut Canvas,
    frame: Point,
    cell: f32,
    style: &Patterned,
    rng: &mut Xoshiro256PlusPlus,
) {
    let cell = cell * style.cell;
    let heading = style.heading + rng.random_range(-0.04..0.04);
    match style.pattern {
        Pattern::Bands => Lines::new(frame, heading, cell, style.curl, wave).draw(canvas, rng),
        Pattern::Zigzag => {
            Lines::new(frame, heading, cell, style.curl + 0.12, tooth).draw(canvas, rng);
        }
        Pattern::Checks => {
            let lean = rng.random_range(0.18..0.32);
            for heading in [heading, heading + lean] {
                Lines::new(frame, heading, cell * 1.2, style.curl * 0.8, wave).draw(canvas, rng);
            }
        }
        Pattern::Blobs => blobs(canvas, frame, cell * 1.35, style.curl, rng),
        Pattern::Rings => rings(canvas, frame, cell, style.curl, rng),
        Pattern::Shards => shards(canvas, frame, cell * 1.25, rng),
        Pattern::Fan => fan(canvas, frame, cell * 1.15, rng),
    }
}

/// Triangle wave.
fn tooth(turns: f32) -> f32 {
    let part = fraction(turns);
    if part < 0.5 { part * 4.0 - 1.0 } else { 3.0 - part * 4.0 }
}

fn length((x, y): Point) -> f32 {
    (x * x + y * y).sqrt()
}

/// Nearly parallel lines with the shape of a wave.
#[derive(Debug)]
struct Lines {
    middle: Point,
    reach: f32,
    across: Point,
    cell: f32,
    curl: f32,
    shape: fn(f32) -> f32,
}

impl Lines {
    fn new(frame: Point, heading: f32, cell: f32, curl: f32, shape: fn(f32) -> f32) -> Self {
        let middle = (frame.0 / 2.0, frame.1 / 2.0);
        let raw = direction(heading);
        let across = (raw.0 / length(raw), raw.1 / length(raw));
        Self { middle, reach: length(middle), across, cell, curl: curl * cell, shape }
    }

    fn draw(&self, canvas: &mut Canvas, rng: &mut Xoshiro256PlusPlus) {
        let (frequency, phase) = (rng.random_range(0.3..0.55) / self.cell, rng.random::<f32>());
        let drift = rng.random_range(0.0..0.25);
        let mut offset = self.cell * rng.random::<f32>() - self.reach;
        let mut line = 0.0;
        let mut points = Vec::with_capacity(64);
        while offset < self.reach {
            points.clear();
            let step = (self.cell * 0.22).max(3.0);
            let mut along = -self.reach - step;
            while along < self.reach + step {
                let bend = self.curl * (self.shape)(along * frequency + phase + line * drift);
                points.push(self.at(offset + bend, along));
                along += step;
            }
            points.push(self.at(self.reach * 3.0, along));
            points.push(self.at(self.reach * 3.0, -self.reach - step));
            canvas.polygon(&points);
            offset += self.cell * rng.random_range(0.8..1.25);
            line += 1.0;
        }
    }

    fn at(&self, across: f32, along: f32) -> Point {
        let (x, y) = self.across;
        (self.middle.0 + across * x - along * y, self.middle.1 + across * y + along * x)
    }
}

/// A circle with a wavy edge.
fn round(canvas: &mut Canvas, middle: Point, radius: f32, dent: f32, phase: f32) {
    let corners = if radius < 20.0 { 14_u8 } else { 32 };
    let at = |corner: u8| {
        let turn = f32::from(corner) / f32::from(corners);
        let radius = radius * (1.0 + dent * wave(turn * 3.0 + phase));
        let (x, y) = direction(turn);
        (middle.0 + radius * x, middle.1 + radius * y)
    };
    let points: [Point; 32] = std::array::from_fn(|i| at(u8::try_from(i).unwrap_or(0)));
    canvas.polygon(&points[..usize::from(corners)]);
}

fn blobs(canvas: &mut Canvas, frame: Point, cell: f32, dent: f32, rng: &mut Xoshiro256PlusPlus) {
    let pitch = cell * 1.45;
    let mut y = pitch * rng.random_range(-0.2..0.5);
    while y < frame.1 + cell * 0.5 {
        let mut x = pitch * rng.random_range(-0.2..0.5);
        while x < frame.0 + cell * 0.5 {
            let middle =
                (x + pitch * rng.random_range(-0.2..0.2), y + pitch * rng.random_range(-0.2..0.2));
            round(canvas, middle, cell * rng.random_range(0.48..0.75), dent, rng.random());
            x += pitch;
        }
        y += pitch;
    }
}

fn rings(canvas: &mut Canvas, frame: Point, cell: f32, dent: f32, rng: &mut Xoshiro256PlusPlus) {
    let middle = (frame.0 * rng.random_range(0.1..0.9), frame.1 * rng.random_range(-0.2..1.2));
    let farthest =
        length((middle.0.max(frame.0 - middle.0), middle.1.abs().max((frame.1 - middle.1).abs())));
    let phase = rng.random::<f32>();
    let mut radius = cell * rng.random_range(0.4..1.0);
    while radius < farthest * 1.1 {
        round(canvas, middle, radius, dent * 0.4 * (cell / radius).min(1.0), phase);
        radius += cell * rng.random_range(0.8..1.2);
    }
}

/// Steep lines in random directions, and one or two flat ones.
fn shards(canvas: &mut Canvas, frame: Point, cell: f32, rng: &mut Xoshiro256PlusPlus) {
    let mut x = cell * rng.random_range(-0.5..0.5);
    while x < frame.0 + cell {
        let lean = cell * rng.random_range(-0.9..0.9);
        let far = frame.0 * 2.0;
        canvas.polygon(&[(x + lean, 0.0), (x - lean, frame.1), (far, frame.1), (far, 0.0)]);
        x += cell * rng.random_range(0.8..1.25);
    }
    let mut y = frame.1 * 0.5 + cell * rng.random_range(-0.7..0.0);
    while y < frame.1 * 0.5 + cell * 0.7 {
        let (left, right) =
            (cell * rng.random_range(-0.5..0.5), cell * rng.random_range(-0.5..0.5));
        canvas.polygon(&[(0.0, y + left), (frame.0, y + right), (frame.0, -cell), (0.0, -cell)]);
        y += cell * rng.random_range(1.0..1.5);
    }
}

fn fan(canvas: &mut Canvas, frame: Point, cell: f32, rng: &mut Xoshiro256PlusPlus) {
    let above = rng.random::<bool>();
    let away = frame.1 * rng.random_range(0.5..1.5);
    let tip = (frame.0 * rng.random_range(0.15..0.85), if above { -away } else { frame.1 + away });
    // The distance between rays applies in the middle of the picture; each ray crosses the frame.
    let spread = cell * (frame.1 + away) / (frame.1 * 0.5 + away);
    let (near, far) = if above { (0.0, frame.1) } else { (frame.1, 0.0) };
    let at = |x: f32, y: f32| tip.0 + (x - tip.0) * (y - tip.1) / (far - tip.1);
    let reach = (frame.0 + cell) * (frame.1 + away) / away;
    let mut x = tip.0 - reach + spread * rng.random::<f32>();
    while x < tip.0 + reach {
        let edge = frame.0 * 2.0 + reach;
        canvas.polygon(&[(at(x, near), near), (x, far), (edge, far), (edge, near)]);
        x += spread * rng.random_range(0.75..1.25);
    }
    // A few curved lines across the rays, because straight rays alone are easy to rectify.
    Lines::new(frame, 0.25, cell * 2.5, 0.2, wave).draw(canvas, rng);
}
