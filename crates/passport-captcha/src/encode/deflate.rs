//! One block of deflate with codes made for it, RFC 1951.

use super::{
    bits::Bits,
    huffman::Code,
    match_finder::{Token, tokens},
};

const END: usize = 256;
/// For each length symbol from 257 on its smallest length and its extra bits.
const LENGTHS: [(u16, u8); 29] = steps([3, 258], 8, 4);
const DISTANCES: [(u16, u8); 30] = steps([1, 0], 4, 2);
/// Which length code, counted from 257, a length has.
const LENGTH_CODES: [u8; 259] = length_codes();
/// The order in which the lengths of the code for code lengths are written.
const ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/// The first `plain` symbols stand for one value each, then every `group` take a bit more.
const fn steps<const COUNT: usize>(
    [first, last]: [u16; 2],
    plain: usize,
    group: usize,
) -> [(u16, u8); COUNT] {
    let mut table = [(0, 0); COUNT];
    let (mut value, mut extra, mut index) = (first, 0_u8, 0);
    while index < COUNT {
        if index >= plain && (index - plain).is_multiple_of(group) {
            extra += 1;
        }
        table[index] = (value, extra);
        // The last step would leave the type; nothing follows it.
        value = value.wrapping_add(1 << extra);
        index += 1;
    }
    // The longest match has a symbol of its own.
    if last != 0 {
        table[COUNT - 1] = (last, 0);
    }
    table
}

const fn length_codes() -> [u8; 259] {
    let mut codes = [0; 259];
    let mut length = 3;
    let mut code = 0_u8;
    while length < 259 {
        while (code as usize) < 28 && LENGTHS[code as usize + 1].0 as usize <= length {
            code += 1;
        }
        codes[length] = code;
        length += 1;
    }
    codes
}

/// Writes `bytes`, which are rows of `stride`, as the last block.
pub(super) fn block(bits: &mut Bits<'_>, bytes: &[u8], stride: usize) {
    let tokens = tokens(bytes, stride);
    let (mut symbols, mut distances) = ([0_u16; 286], [0_u16; 30]);
    symbols[END] = 1;
    for token in &tokens {
        match token {
            Token::Byte(byte) => count(&mut symbols[usize::from(*byte)]),
            Token::Copy { length, distance } => {
                count(&mut symbols[length_symbol(*length)]);
                count(&mut distances[distance_symbol(*distance)]);
            }
        }
    }
    let (symbols, distances) = (Code::of(&symbols, 15), Code::of(&distances, 15));
    header(bits, &symbols, &distances);
    for token in &tokens {
        match token {
            Token::Byte(byte) => put(bits, &symbols, usize::from(*byte)),
            Token::Copy { length, distance } => {
                let symbol = length_symbol(*length);
                put(bits, &symbols, symbol);
                let (least, extra) = LENGTHS[symbol - END - 1];
                bits.put(u32::from(length - least), extra);
                let symbol = distance_symbol(*distance);
                put(bits, &distances, symbol);
                let (least, extra) = DISTANCES[symbol];
                bits.put(u32::from(distance - least), extra);
            }
        }
    }
    put(bits, &symbols, END);
}

/// Stops at the top: a large picture has more runs than a count holds.
fn count(count: &mut u16) {
    *count = count.saturating_add(1);
}

fn put<const SYMBOLS: usize>(bits: &mut Bits<'_>, code: &Code<SYMBOLS>, symbol: usize) {
    bits.put(code.bits[symbol].into(), code.lengths[symbol]);
}

fn length_symbol(length: u16) -> usize {
    END + 1 + usize::from(LENGTH_CODES[usize::from(length)])
}

fn distance_symbol(distance: u16) -> usize {
    let above = distance.saturating_sub(1);
    if above < 4 {
        return above.into();
    }
    let top = above.ilog2();
    (2 * top + u32::from(above >> (top - 1) & 1)) as usize
}

/// Writes both codes: their lengths, runs shortened, in a third code.
fn header(bits: &mut Bits<'_>, symbols: &Code<286>, distances: &Code<30>) {
    let lengths: Vec<u8> = symbols.lengths.iter().chain(&distances.lengths).copied().collect();
    let runs = runs(&lengths);
    let mut counts = [0; 19];
    for (symbol, _, _) in &runs {
        count(&mut counts[usize::from(*symbol)]);
    }
    let code = Code::of(&counts, 7);
    bits.put(0b101, 3);
    bits.put(286 - 257, 5);
    bits.put(30 - 1, 5);
    bits.put(19 - 4, 4);
    for symbol in ORDER {
        bits.put(code.lengths[symbol].into(), 3);
    }
    for (symbol, value, extra) in runs {
        put(bits, &code, symbol.into());
        bits.put(value.into(), extra);
    }
}

/// The symbols for a list of lengths, each with a number of so many extra bits.
fn runs(lengths: &[u8]) -> Vec<(u8, u8, u8)> {
    let mut runs = Vec::with_capacity(128);
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
            runs.push((symbol, u8::try_from(taken - least).unwrap_or(0), extra));
            left -= taken;
        }
    }
    runs
}
