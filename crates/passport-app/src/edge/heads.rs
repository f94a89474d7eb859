use std::{
    io,
    mem::take,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, ReadBuf};

/// Hands bytes on up to the end of one request head at a time.
///
/// actix-http decodes all heads that it was given at once and keeps each decoded request, some
/// kilobytes, until the earlier responses are written. Given one head at a time it stops at 16.
#[derive(Default)]
pub(super) struct Heads {
    /// Bytes behind the end of a head.
    surplus: Vec<u8>,
    /// Length of the part of `surplus` that was handed on.
    handed_on: usize,
    /// Whether the last read ended with a head and more bytes wait.
    paused: bool,
    seen: Seen,
}

impl Heads {
    /// Reads from `io`; gives the number of bytes.
    ///
    /// Pauses once after each head behind which more bytes wait, and wakes the task: the caller reads
    /// until a read is pending, and decodes then.
    pub(super) fn poll_read(
        &mut self,
        io: &mut (impl AsyncRead + Unpin),
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<usize>> {
        if take(&mut self.paused) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let before = buffer.filled().len();
        if self.surplus.is_empty() {
            ready!(Pin::new(io).poll_read(cx, buffer))?;
            let read = &buffer.filled()[before..];
            if let Some(end) = self.seen.end_of_head(read).filter(|end| *end < read.len()) {
                self.surplus = read[end..].to_vec();
                self.paused = true;
                buffer.set_filled(before + end);
            }
        } else {
            let waiting = &self.surplus[self.handed_on..];
            let waiting = &waiting[..waiting.len().min(buffer.remaining())];
            let length = self.seen.end_of_head(waiting).unwrap_or(waiting.len());
            buffer.put_slice(&waiting[..length]);
            self.handed_on += length;
            if self.handed_on == self.surplus.len() {
                (self.surplus, self.handed_on) = (Vec::new(), 0);
            } else {
                self.paused = true;
            }
        }
        Poll::Ready(Ok(buffer.filled().len() - before))
    }
}

/// The last bytes, as far as they may belong to the end of a head: a line feed, perhaps a carriage
/// return, and a line feed. An end that is found in a body only divides a read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Seen {
    #[default]
    Other,
    LineFeed,
    LineFeedAndReturn,
}

impl Seen {
    /// The number of bytes up to the first end of a head.
    fn end_of_head(&mut self, bytes: &[u8]) -> Option<usize> {
        for (index, byte) in bytes.iter().enumerate() {
            *self = match (*self, byte) {
                (Self::LineFeed | Self::LineFeedAndReturn, b'\n') => {
                    *self = Self::Other;
                    return Some(index + 1);
                }
                (Self::Other, b'\n') => Self::LineFeed,
                (Self::LineFeed, b'\r') => Self::LineFeedAndReturn,
                _ => Self::Other,
            };
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    /// Result of each read with a buffer of `size` bytes; a pause is an empty text.
    async fn reads(mut input: &[u8], size: usize) -> Vec<String> {
        let mut heads = Heads::default();
        let mut reads = Vec::new();
        loop {
            let mut space = vec![0; size];
            let mut buffer = ReadBuf::new(&mut space);
            let read = poll_fn(|cx| match heads.poll_read(&mut input, cx, &mut buffer) {
                Poll::Pending => Poll::Ready(None),
                Poll::Ready(read) => Poll::Ready(Some(read.unwrap())),
            });
            match read.await {
                None => reads.push(String::new()),
                Some(0) => return reads,
                Some(_) => reads.push(String::from_utf8(buffer.filled().to_vec()).unwrap()),
            }
        }
    }

    #[tokio::test]
    async fn each_head_comes_alone() {
        let input = b"GET /a HTTP/1.1\r\n\r\nGET /b HTTP/1.1\n\nPOST /c HTTP/1.1\r\n\r\nbody";
        let expected = [
            "GET /a HTTP/1.1\r\n\r\n",
            "",
            "GET /b HTTP/1.1\n\n",
            "",
            "POST /c HTTP/1.1\r\n\r\n",
            "",
            "body",
        ];
        assert_eq!(reads(input, 8_192).await, expected);
    }

    #[tokio::test]
    async fn a_lone_request_is_read_without_a_pause() {
        let input = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        assert_eq!(reads(input, 8_192).await.len(), 1);
    }

    #[tokio::test]
    async fn no_byte_is_lost_whatever_the_size_of_a_read() {
        let input = b"\r\n\r\nGET /a\r\nHost: x\r\n\r\n\n\n\r\n\r\r\nGET /b\n\r\nrest\n";
        for size in 1..=input.len() {
            assert_eq!(reads(input, size).await.concat().as_bytes(), input, "{size}");
        }
    }
}
