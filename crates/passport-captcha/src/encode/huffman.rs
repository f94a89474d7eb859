/// Code lengths of a canonical Huffman code; 0 for a symbol that does not occur.
#[derive(Debug)]
pub(super) struct Lengths<const SYMBOLS: usize>(pub(super) [u8; SYMBOLS]);

impl<const SYMBOLS: usize> Lengths<SYMBOLS> {
    /// Computes a code for symbols with these counts whose lengths are at most `longest`. The code
    /// is optimal if the limit is not reached, and close to optimal otherwise.
    pub(super) fn of(counts: &[u32; SYMBOLS], longest: u8) -> Self {
        let mut used: Vec<(u32, usize)> =
            counts.iter().copied().zip(0..).filter(|(count, _)| *count > 0).collect();
        used.sort_unstable();
        let mut lengths = [0; SYMBOLS];
        loop {
            let depths = depths(&used);
            if depths.iter().all(|depth| *depth <= longest) {
                for ((_, symbol), depth) in used.iter().zip(depths) {
                    lengths[*symbol] = depth;
                }
                return Self(lengths);
            }
            // Halving the counts brings them closer together, which makes the tree flatter.
            for (count, _) in &mut used {
                *count = count.div_ceil(2);
            }
        }
    }

    /// The canonical code: bits, reversed for writing, and number of bits of each symbol.
    pub(super) fn code(&self) -> [(u16, u8); SYMBOLS] {
        let mut next = [0_u16; 17];
        for length in self.0.iter().filter(|length| **length > 0) {
            next[usize::from(*length) + 1] += 1;
        }
        for length in 2..17 {
            next[length] = (next[length] + next[length - 1]) << 1;
        }
        self.0.map(|length| {
            if length == 0 {
                return (0, 0);
            }
            let code = &mut next[usize::from(length)];
            *code += 1;
            ((*code - 1).reverse_bits() >> (16 - length), length)
        })
    }
}

/// Depths of the symbols in the Huffman tree. `used` must be sorted by count.
fn depths(used: &[(u32, usize)]) -> Vec<u8> {
    if used.len() < 2 {
        return vec![1; used.len()];
    }
    let leaves = used.len();
    let nodes = 2 * leaves - 1;
    // Leaves come first, then inner nodes in order of creation, which is also the order of weight.
    let mut weights: Vec<u32> = used.iter().map(|(count, _)| *count).collect();
    let mut parents = vec![0; nodes];
    let (mut leaf, mut node) = (0, leaves);
    for made in leaves..nodes {
        let mut lightest = || {
            let leaf_first = node >= made || (leaf < leaves && weights[leaf] <= weights[node]);
            let taken = if leaf_first { &mut leaf } else { &mut node };
            *taken += 1;
            parents[*taken - 1] = made;
            weights[*taken - 1]
        };
        let weight = lightest() + lightest();
        weights.push(weight);
    }
    let mut depths = vec![0_u8; nodes];
    for index in (0..nodes - 1).rev() {
        depths[index] = depths[parents[index]].saturating_add(1);
    }
    depths.truncate(leaves);
    depths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_is_complete_and_within_the_length_bound() {
        for longest in [7, 15] {
            let mut counts = [0; 19];
            let (mut one, mut other) = (1, 1);
            for count in &mut counts {
                *count = one;
                (one, other) = (other, (one + other).min(9_000));
            }
            let lengths = Lengths::of(&counts, longest).0;
            assert!(lengths.iter().all(|length| (1..=longest).contains(length)));
            assert_eq!(lengths.iter().map(|length| 1_u32 << (15 - length)).sum::<u32>(), 1 << 15);
        }
    }

    #[test]
    fn a_single_symbol_takes_one_bit() {
        let mut counts = [0; 4];
        counts[2] = 9;
        assert_eq!(Lengths::of(&counts, 15).0, [0, 0, 1, 0]);
        assert_eq!(Lengths::of(&[0; 4], 15).0, [0; 4]);
    }
}
