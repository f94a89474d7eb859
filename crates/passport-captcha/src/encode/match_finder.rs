//! Finds what was there before: in the row above, in a run, or where the same bytes were last.

const HASH_BITS: u32 = 11;
/// A match shorter than this costs about as much as its bytes.
const SHORTEST: usize = 4;
/// A match this long is taken without looking for a longer one.
const LONG: usize = 24;
/// Bounds of the format.
const LONGEST: usize = 258;
const FARTHEST: usize = 32_768;

/// Something to write.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token {
    Byte(u8),
    Copy { length: u16, distance: u16 },
}

/// Splits `bytes`, which are rows of `stride`, into tokens.
pub(super) fn tokens(bytes: &[u8], stride: usize) -> Vec<Token> {
    let mut tokens = Vec::with_capacity(bytes.len() / 2);
    let mut seen = [u32::MAX; 1 << HASH_BITS];
    let mut at = 0;
    while at < bytes.len() {
        let mut best = (0, 0);
        if let Some(head) = bytes[at..].first_chunk::<SHORTEST>() {
            let last = &mut seen[hash(*head)];
            let far = at.wrapping_sub(*last as usize);
            *last = u32::try_from(at).unwrap_or(u32::MAX);
            for distance in [stride, 1, far] {
                if best.0 < LONG
                    && (1..=at.min(FARTHEST)).contains(&distance)
                    && bytes[at - distance..].first_chunk() == Some(head)
                {
                    let length = common(bytes, at, distance);
                    if length > best.0 {
                        best = (length, distance);
                    }
                }
            }
        }
        if best.0 >= SHORTEST {
            let (length, distance) = (best.0.try_into(), best.1.try_into());
            if let (Ok(length), Ok(distance)) = (length, distance) {
                tokens.push(Token::Copy { length, distance });
                at += best.0;
                continue;
            }
        }
        tokens.push(Token::Byte(bytes[at]));
        at += 1;
    }
    tokens
}

/// How many bytes from `at` on are the same as those `distance` before.
fn common(bytes: &[u8], at: usize, distance: usize) -> usize {
    let end = bytes.len().min(at + LONGEST);
    let (here, earlier) = (&bytes[at..end], &bytes[at - distance..end - distance]);
    let (words, rest) = here.as_chunks::<8>();
    let mut length = 0;
    // Eight at a time: the first that differs is the lowest byte that is not zero.
    for (word, before) in words.iter().zip(earlier.as_chunks::<8>().0) {
        let differ = u64::from_le_bytes(*word) ^ u64::from_le_bytes(*before);
        if differ != 0 {
            return length + (differ.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + rest.iter().zip(&earlier[length..]).take_while(|(one, other)| one == other).count()
}

fn hash(head: [u8; SHORTEST]) -> usize {
    (u32::from_le_bytes(head).wrapping_mul(0x9E37_79B1) >> (32 - HASH_BITS)) as usize
}
