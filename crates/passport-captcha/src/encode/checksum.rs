/// The checksum of zlib, RFC 1950.
pub(super) fn adler32(bytes: &[u8]) -> u32 {
    let (mut low, mut high) = (1_u32, 0_u32);
    // As many bytes as can be summed before either overflows.
    for part in bytes.chunks(5536) {
        let (blocks, rest) = part.as_chunks::<32>();
        for block in blocks {
            let (mut sum, mut weighted) = (0, 0);
            // A byte is in the second sum once for itself and for each that follows.
            for (weight, byte) in (1..=32_u32).rev().zip(block) {
                sum += u32::from(*byte);
                weighted += weight * u32::from(*byte);
            }
            high += 32 * low + weighted;
            low += sum;
        }
        for byte in rest {
            low += u32::from(*byte);
            high += low;
        }
        low %= 65521;
        high %= 65521;
    }
    high << 16 | low
}

/// The checksum of PNG, ISO 3309.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let (words, rest) = bytes.as_chunks::<8>();
    let sum = words.iter().fold(u32::MAX, |sum, word| {
        let mixed = u64::from_le_bytes(*word) ^ u64::from(sum);
        // The first byte is followed by seven others.
        let tables = CRC_TABLES.iter().rev();
        tables.zip(mixed.to_le_bytes()).fold(0, |sum, (table, byte)| sum ^ table[usize::from(byte)])
    });
    !rest
        .iter()
        .fold(sum, |sum, byte| CRC_TABLES[0][usize::from(sum.to_le_bytes()[0] ^ byte)] ^ (sum >> 8))
}

/// What each byte adds to the checksum when that many others follow it.
static CRC_TABLES: [[u32; 256]; 8] = crc_tables();

const fn crc_tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0_usize;
    let mut start = 0_u32;
    while byte < 256 {
        let mut value = start;
        let mut table = 0;
        while table < 8 {
            let mut bit = 0;
            while bit < 8 {
                value = if value & 1 == 1 { 0xEDB8_8320 ^ (value >> 1) } else { value >> 1 };
                bit += 1;
            }
            tables[table][byte] = value;
            table += 1;
        }
        byte += 1;
        start += 1;
    }
    tables
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_standards() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(adler32(b"Wikipedia"), 0x11E6_0398);
        // Longer than a block, and than what is summed up at once, of the largest byte.
        let long = vec![0xFF; 100_000];
        assert_eq!(crc32(&long), 0x68C6_CEC4);
        assert_eq!(adler32(&long), 0x149A_302C);
    }
}
