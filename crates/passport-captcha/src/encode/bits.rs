/// Writes numbers of few bits, the lowest first, as deflate wants them.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    out: &'a mut Vec<u8>,
    waiting: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, waiting: 0, count: 0 }
    }

    /// Writes the lowest `count` bits, 32 at most, of a `value` that has no others.
    pub(super) fn put(&mut self, value: u32, count: u8) {
        self.waiting |= u64::from(value) << self.count;
        self.count += u32::from(count);
        if self.count >= 32 {
            self.out.extend_from_slice(&self.waiting.to_le_bytes()[..4]);
            self.waiting >>= 32;
            self.count -= 32;
        }
    }

    /// Writes what is left, filled up to a byte.
    pub(super) fn finish(self) {
        let bytes = self.count.div_ceil(8) as usize;
        self.out.extend_from_slice(&self.waiting.to_le_bytes()[..bytes]);
    }
}
