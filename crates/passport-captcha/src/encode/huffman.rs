/// A prefix code: for each symbol the bits, in the order they are written, and their number.
#[derive(Debug)]
pub(super) struct Code<const SYMBOLS: usize> {
    pub(super) bits: [u16; SYMBOLS],
    pub(super) lengths: [u8; SYMBOLS],
}

impl<const SYMBOLS: usize> Code<SYMBOLS> {
    /// The shortest code for symbols of these counts with no length above `longest`, or nearly so.
    pub(super) fn of(counts: &[u16; SYMBOLS], longest: u8) -> Self {
        let mut used = Vec::with_capacity(SYMBOLS);
        used.extend(
            (0_u16..)
                .zip(counts)
                .filter_map(|(symbol, count)| (*count > 0).then_some((u32::from(*count), symbol))),
        );
        used.sort_unstable();
        let mut lengths = [0; SYMBOLS];
        loop {
            if assign(&used, &mut lengths) <= longest {
                break;
            }
            // Counts that are nearer to each other make a flatter tree.
            for (count, _) in &mut used {
                *count = count.div_ceil(2);
            }
        }
        Self { bits: canonical(&lengths, longest), lengths }
    }
}

/// Gives every used symbol, sorted by count, its depth in the tree; says the greatest.
fn assign<const SYMBOLS: usize>(used: &[(u32, u16)], lengths: &mut [u8; SYMBOLS]) -> u8 {
    if let [(_, only)] = used {
        lengths[usize::from(*only)] = 1;
        return 1;
    }
    let leaves = used.len();
    let inner = leaves.saturating_sub(1);
    // Leaves come first, then inner nodes in the order they are made, which is that of weight.
    let mut weights = Vec::with_capacity(leaves + inner);
    weights.extend(used.iter().map(|(count, _)| *count));
    let mut parents = vec![0; leaves + inner];
    let (mut leaf, mut node) = (0, leaves);
    for made in leaves..leaves + inner {
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
    let mut depths = vec![0_u8; leaves + inner];
    for index in (0..(leaves + inner).saturating_sub(1)).rev() {
        depths[index] = depths[parents[index]].saturating_add(1);
    }
    for ((_, symbol), depth) in used.iter().zip(&depths) {
        lengths[usize::from(*symbol)] = *depth;
    }
    depths[..leaves].iter().copied().max().unwrap_or(0)
}

/// Numbers the codes of each length in the order of their symbols.
fn canonical<const SYMBOLS: usize>(lengths: &[u8; SYMBOLS], longest: u8) -> [u16; SYMBOLS] {
    let mut next = [0_u16; 17];
    for length in lengths.iter().filter(|length| **length > 0) {
        next[usize::from(*length) + 1] += 1;
    }
    for length in 2..=usize::from(longest) {
        next[length] = (next[length] + next[length - 1]) << 1;
    }
    lengths.map(|length| {
        let code = &mut next[usize::from(length)];
        let mine = *code;
        if length == 0 {
            return 0;
        }
        *code += 1;
        mine.reverse_bits() >> (16 - length)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uses_the_whole_room_and_keeps_the_bound() {
        for longest in [7, 15] {
            let mut counts = [0; 19];
            let (mut one, mut other) = (1, 1);
            for count in &mut counts {
                *count = one;
                (one, other) = (other, (one + other).min(9_000));
            }
            let lengths = Code::of(&counts, longest).lengths;
            assert!(lengths.iter().all(|length| (1..=longest).contains(length)));
            assert_eq!(lengths.iter().map(|length| 1_u32 << (15 - length)).sum::<u32>(), 1 << 15);
        }
    }

    #[test]
    fn a_lonely_symbol_takes_one_bit() {
        let mut counts = [0; 4];
        counts[2] = 9;
        assert_eq!(Code::of(&counts, 15).lengths, [0, 0, 1, 0]);
        assert_eq!(Code::of(&[0; 4], 15).lengths, [0; 4]);
    }
}
