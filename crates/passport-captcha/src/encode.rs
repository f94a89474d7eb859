//! A PNG encoder for small pictures of four colours.
//!
//! General encoders spend more time on setting up their tables than such a picture takes.

mod bits;
mod deflate;
mod huffman;
mod match_finder;

use bits::Bits;

const SIGNATURE: [u8; 8] = *b"\x89PNG\r\n\x1a\n";
/// Two bits a pixel, palette, and the standard's only methods.
const FORMAT: [u8; 5] = [2, 3, 0, 0, 0];

/// Encodes rows of four pixels a byte, each after a zero for "no filter", with their palette.
pub(crate) fn png((width, height): (u16, u16), rows: &[u8], palette: &[[u8; 3]; 4]) -> Vec<u8> {
    let mut png = Vec::with_capacity(rows.len() / 2 + 256);
    png.extend(SIGNATURE);
    chunk(&mut png, *b"IHDR", |data| {
        data.extend(u32::from(width).to_be_bytes());
        data.extend(u32::from(height).to_be_bytes());
        data.extend(FORMAT);
    });
    chunk(&mut png, *b"PLTE", |data| data.extend(palette.as_flattened()));
    chunk(&mut png, *b"IDAT", |data| {
        // zlib: deflate with a window of 32 KiB, fastest.
        data.extend([0x78, 0x01]);
        let mut bits = Bits::new(data);
        deflate::block(&mut bits, rows, usize::from(width).div_ceil(4) + 1);
        bits.finish();
        data.extend(adler32(rows).to_be_bytes());
    });
    chunk(&mut png, *b"IEND", |_| ());
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], write: impl FnOnce(&mut Vec<u8>)) {
    let start = png.len();
    png.extend([0; 4]);
    png.extend(kind);
    write(png);
    // The length does not count itself nor the kind, the checksum covers the kind.
    let length = u32::try_from(png.len() - start - 8).unwrap_or(u32::MAX);
    png[start..start + 4].copy_from_slice(&length.to_be_bytes());
    let sum = crc32(&png[start + 4..]);
    png.extend(sum.to_be_bytes());
}

fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    // As many bytes as can be summed before either overflows.
    for part in bytes.chunks(5552) {
        for byte in part {
            low += u32::from(*byte);
            high += low;
        }
        low %= 65521;
        high %= 65521;
    }
    high << 16 | low
}

const CRC_TABLE: [u32; 256] = crc_table();

const fn crc_table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut byte = 0_usize;
    let mut start = 0_u32;
    while byte < 256 {
        let mut value = start;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
            bit += 1;
        }
        table[byte] = value;
        byte += 1;
        start += 1;
    }
    table
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        CRC_TABLE[usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8)
    })
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};

    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
    }

    /// Every kind of bytes, from empty rows to noise, comes back from another decoder.
    #[test]
    fn decodes_to_what_was_encoded() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        for round in 0..600_u32 {
            let (width, height) = (rng.random_range(1..700_u16), rng.random_range(1..300_u16));
            let bytes = usize::from(width).div_ceil(4);
            let mut rows = Vec::new();
            for row in 0..usize::from(height) {
                rows.push(0);
                for column in 0..bytes {
                    let above = if row > 0 { rows[rows.len() - bytes - 1] } else { 0 };
                    let pick = rng.random_range(0..100);
                    let odds = round % 100;
                    rows.push(if pick < odds {
                        rng.random()
                    } else if column % 7 == 3 {
                        0
                    } else {
                        above
                    });
                }
            }
            let encoded = png((width, height), &rows, &[[0; 3], [1; 3], [2; 3], [3; 3]]);
            let mut reader = png::Decoder::new(Cursor::new(encoded)).read_info().unwrap();
            let mut decoded = vec![0; reader.output_buffer_size().unwrap()];
            reader.next_frame(&mut decoded).unwrap();
            let unfiltered: Vec<u8> =
                rows.chunks(bytes + 1).flat_map(|row| row[1..].iter().copied()).collect();
            assert_eq!(decoded, unfiltered, "{width}x{height}, round {round}");
        }
    }
}
