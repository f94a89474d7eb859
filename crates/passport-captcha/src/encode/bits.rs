/// Bit writer for deflate: the lowest bit of a number comes first.
#[derive(Debug)]
pub(super) struct Bits<'a> {
    out: &'a mut Vec<u8>,
    pending: u64,
    count: u32,
}

impl<'a> Bits<'a> {
    pub(super) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, pending: 0, count: 0 }
    }

    /// Adds the lowest `count` bits of `value`; its higher bits must be zero.
    ///
    /// At most 57 bits fit between two calls of [`flush`](Self::flush).
    pub(super) fn put(&mut self, value: u16, count: u8) {
        self.pending |= u64::from(value) << self.count;
        self.count += u32::from(count);
    }

    /// Writes all complete bytes.
    pub(super) fn flush(&mut self) {
        // Writing eight bytes and truncating the incomplete ones needs no loop and no branch.
        let full = self.out.len() + (self.count / 8) as usize;
        self.out.extend_from_slice(&self.pending.to_le_bytes());
        self.out.truncate(full);
        self.pending >>= self.count & !7;
        self.count &= 7;
    }

    /// Writes all pending bits, padded with zeros to a complete byte.
    pub(super) fn finish(mut self) {
        self.count = self.count.next_multiple_of(8);
        self.flush();
    }
}
