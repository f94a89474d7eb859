//! The typefaces, as polygons that were flattened when the crate was written.

mod outlines;

/// The drawing of one character: closed polygons, ink on the same side of each.
///
/// A thousand units are the height of a capital; y points down, the ink's centre is the origin.
#[derive(Debug)]
pub(crate) struct Glyph {
    pub(crate) contours: &'static [&'static [(i16, i16)]],
}

impl Glyph {
    /// The drawing of `character` in the face of that number; faces are counted around.
    pub(crate) fn of(character: char, face: usize) -> Option<&'static Self> {
        let index = outlines::CHARACTERS.iter().position(|it| *it == character)?;
        outlines::FACES[face % FACES].get(index)
    }
}

/// How many typefaces there are.
pub(crate) const FACES: usize = outlines::FACES.len();

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Alphabet;

    #[test]
    fn every_face_has_every_character() {
        for face in 0..FACES {
            for character in Alphabet::CHARACTERS.chars() {
                let glyph = Glyph::of(character, face).unwrap();
                let points = glyph.contours.iter().copied().flatten();
                let height = points.map(|(_, y)| y.abs()).max().unwrap();
                assert!((450..700).contains(&height), "{character} in {face}: {height}");
            }
        }
        assert!(Glyph::of('0', 0).is_none());
    }

    /// What is left of a line's winding tells ink from ground, so the sign must not differ.
    #[test]
    fn ink_turns_the_same_way_everywhere() {
        for glyph in outlines::FACES.iter().flatten() {
            let area: i64 = glyph.contours.iter().map(|contour| area(contour)).sum();
            assert!(area > 0);
        }
    }

    fn area(contour: &[(i16, i16)]) -> i64 {
        let next = contour.iter().cycle().skip(1);
        let cross = |((ax, ay), (bx, by)): ((i64, i64), (i64, i64))| ax * by - bx * ay;
        let wide = |point: &(i16, i16)| (i64::from(point.0), i64::from(point.1));
        contour.iter().zip(next).map(|(a, b)| cross((wide(a), wide(b)))).sum()
    }
}
