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

    /// Adds the lowest `count` bits of a `value` that has no others.
    ///
    /// After a [`flush`](Self::flush) there is room for 57.
    pub(super) fn put(&mut self, value: u16, count: u8) {
        self.waiting |= u64::from(value) << self.count;
        self.count += u32::from(count);
    }

    /// Writes all whole bytes.
    pub(super) fn flush(&mut self) {
        // All eight, of which those not yet full are taken back, need no loop and no branch.
        let full = self.out.len() + (self.count / 8) as usize;
        self.out.extend_from_slice(&self.waiting.to_le_bytes());
        self.out.truncate(full);
        self.waiting >>= self.count & !7;
        self.count &= 7;
    }

    /// Writes everything, filled up to a byte.
    pub(super) fn finish(mut self) {
        self.count = self.count.next_multiple_of(8);
        self.flush();
    }
}
