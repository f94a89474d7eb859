use std::sync::LazyLock;

use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};

use super::rows;
use crate::{Alphabet, Level, StyleFamily, encode::Code, scene::Scene};

/// The code in which all pictures are encoded, made when the first one is.
///
/// It is made for a picture of every style and level of the family that everybody has, and so
/// follows each change of what is drawn. A code for each picture would save 3 % of its bytes.
pub(super) static CODE: LazyLock<Code> = LazyLock::new(|| {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(0);
    let (size, family) = ((160, 104), StyleFamily::default());
    let mut counts = [0; 256];
    for (number, style) in family.styles().iter().enumerate() {
        // Together these have every character.
        let text = &Alphabet::CHARACTERS[number * 2..][..5];
        for level in Level::ALL {
            let scene = Scene::draw(text, size, style, &level.strength(), &mut rng);
            for byte in rows(size, &scene) {
                counts[usize::from(byte)] += 1;
            }
        }
    }
    Code::of(&counts)
});
