//! Deflate (RFC 1951) with one dynamic Huffman block and without matches.

use super::{bits::Bits, huffman::Lengths};

/// End-of-block symbol.
const END: usize = 256;
/// Length limit of the code: four symbols of 14 bits fit into [`Bits`] between two flushes.
const LONGEST: u8 = 14;
/// Order in which RFC 1951, section 3.2.7, writes the lengths of the code length code.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// Appends `bytes`, less than 4 GiB, to `out` as the final block.
pub(super) fn block(bytes: &[u8], out: &mut Vec<u8>) {
    let lengths = Lengths::of(&counts(bytes), LONGEST);
    let mut bits = Bits::new(out);
    write_head(&mut bits, &lengths);
    let code = lengths.code();
    let mut put = |symbol: usize, flush: bool| {
        let (value, length) = code[symbol];
        bits.put(value, length);
        if flush {
            bits.flush();
        }
    };
    let (fours, rest) = bytes.as_chunks::<4>();
    for [one, two, three, four] in fours {
        put((*one).into(), false);
        put((*two).into(), false);
        put((*three).into(), false);
        put((*four).into(), true);
    }
    for byte in rest {
        put((*byte).into(), true);
    }
    put(END, true);
    bits.finish();
}

/// Counts how often each symbol occurs.
fn counts(bytes: &[u8]) -> [u32; END + 1] {
    // Four counters per byte value, used in turn, because incrementing one counter twice in a row
    // stalls the processor until the first increment is stored.
    let mut turns = [[0_u32; END]; 4];
    let (fours, rest) = bytes.as_chunks::<4>();
    for four in fours {
        for (turn, byte) in turns.iter_mut().zip(four) {
            turn[usize::from(*byte)] += 1;
        }
    }
    for byte in rest {
        turns[0][usize::from(*byte)] += 1;
    }
    let mut counts = [1; END + 1];
    for (symbol, count) in counts[..END].iter_mut().enumerate() {
        *count = turns.iter().map(|turn| turn[symbol]).sum();
    }
    counts
}

/// Writes the block header: final block, dynamic Huffman, and the run-length encoded code lengths.
fn write_head(bits: &mut Bits<'_>, lengths: &Lengths<{ END + 1 }>) {
    // No distance is used, but two distance codes are declared, because some decoders reject fewer.
    let lengths: Vec<u8> = lengths.0.iter().copied().chain([1, 1]).collect();
    let runs = runs(&lengths);
    let mut counts = [0; 19];
    for (symbol, _, _) in &runs {
        counts[usize::from(*symbol)] += 1;
    }
    let lengths = Lengths::of(&counts, 7);
    let mut put = |value, count| {
        bits.put(value, count);
        bits.flush();
    };
    put(0b101, 3);
    put(0, 5);
    put(2 - 1, 5);
    put(19 - 4, 4);
    for symbol in ORDER {
        put(lengths.0[symbol].into(), 3);
    }
    let code = lengths.code();
    for (symbol, value, extra) in runs {
        let (bits, length) = code[usize::from(symbol)];
        put(bits, length);
        put(value, extra);
    }
}

/// Run-length encodes code lengths, as (symbol, value of the extra bits, number of extra bits).
fn runs(lengths: &[u8]) -> Vec<(u8, u16, u8)> {
    let mut runs = Vec::new();
    for run in lengths.chunk_by(|one, other| one == other) {
        let (length, mut left) = (run[0], run.len());
        if length != 0 {
            runs.push((length, 0, 0));
            left -= 1;
        }
        while left > 0 {
            let (symbol, least, most, extra) = match (length, left) {
                (_, ..3) => (length, 1, 1, 0),
                (0, 11..) => (18, 11, 138, 7),
                (0, _) => (17, 3, 10, 3),
                _ => (16, 3, 6, 2),
            };
            let taken = left.min(most);
            runs.push((symbol, u16::try_from(taken - least).unwrap_or(0), extra));
            left -= taken;
        }
    }
    runs
}
