use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    connections::Place, heads::Heads, idle::Idle, refusal, stall::Stall, underway::Underway,
};

/// A connection whose client cannot make the server hold more than a few responses.
///
/// - Request heads are handed on one at a time, and none while a response waits to be written.
/// - A response that the client does not take in time ends the connection, and so does a long
///   silence of both sides.
/// - The refusals that actix-http writes by itself get `refusal_headers`.
pub(super) struct GuardedStream<T> {
    io: T,
    heads: Heads,
    stall: Stall,
    idle: Idle,
    /// Whether the last write was not taken.
    is_blocked: bool,
    /// Whether a read was refused because of that.
    owes_read: bool,
    refusal_headers: Arc<[u8]>,
    insertion: Insertion,
    underway: Underway,
    _place: Option<Place>,
}

/// Progress of writing the headers of a refusal, which is the last response of its connection.
enum Insertion {
    None,
    /// Bytes of the status line that are still to come.
    Before(usize),
    /// Bytes of the headers that are written.
    Within(usize),
    Done,
}

impl<T: AsyncRead + AsyncWrite + Unpin> GuardedStream<T> {
    pub(super) fn new(
        io: T,
        stall: Stall,
        idle: Idle,
        refusal_headers: Arc<[u8]>,
        place: Option<Place>,
    ) -> Self {
        Self {
            io,
            heads: Heads::default(),
            stall,
            idle,
            is_blocked: false,
            owes_read: false,
            refusal_headers,
            insertion: Insertion::None,
            underway: Underway::default(),
            _place: place,
        }
    }

    /// The calls that outlive the connection.
    pub(super) fn underway(&self) -> &Underway {
        &self.underway
    }

    /// Writes bytes of the dispatcher, and the headers of a refusal at their place.
    fn poll_insert(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        loop {
            match self.insertion {
                Insertion::None => match refusal::place_for_headers(bytes) {
                    Some(place) => self.insertion = Insertion::Before(place),
                    None => return Pin::new(&mut self.io).poll_write(cx, bytes),
                },
                Insertion::Before(left) => {
                    let part = &bytes[..left.min(bytes.len())];
                    let written = ready!(Pin::new(&mut self.io).poll_write(cx, part))?;
                    self.insertion = if written == left {
                        Insertion::Within(0)
                    } else {
                        Insertion::Before(left - written)
                    };
                    return Poll::Ready(Ok(written));
                }
                Insertion::Within(written) if written < self.refusal_headers.len() => {
                    let rest = &self.refusal_headers[written..];
                    match ready!(Pin::new(&mut self.io).poll_write(cx, rest))? {
                        0 => return Poll::Ready(Ok(0)),
                        more => self.insertion = Insertion::Within(written + more),
                    }
                }
                Insertion::Within(_) => self.insertion = Insertion::Done,
                Insertion::Done => return Pin::new(&mut self.io).poll_write(cx, bytes),
            }
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncRead for GuardedStream<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.is_blocked {
            this.owes_read = true;
            return Poll::Pending;
        }
        match this.heads.poll_read(&mut this.io, cx, buffer) {
            Poll::Ready(read) => {
                this.idle.restart();
                Poll::Ready(read.map(|_| ()))
            }
            Poll::Pending => match this.idle.poll_expired(cx) {
                Poll::Ready(()) => Poll::Ready(Err(timed_out("no byte moved for too long"))),
                Poll::Pending => Poll::Pending,
            },
        }
    }
}

impl<T: AsyncRead + AsyncWrite + Unpin> AsyncWrite for GuardedStream<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let written = this.poll_insert(cx, bytes);
        this.is_blocked = written.is_pending();
        match written {
            Poll::Pending => match this.stall.poll_expired(cx) {
                Poll::Ready(()) => Poll::Ready(Err(timed_out("the client reads too slowly"))),
                Poll::Pending => Poll::Pending,
            },
            Poll::Ready(written) => {
                this.idle.restart();
                if written.as_ref().is_ok_and(|written| *written == bytes.len()) {
                    this.stall.end();
                }
                // The refused read registered no waker of its own.
                if std::mem::take(&mut this.owes_read) {
                    cx.waker().wake_by_ref();
                }
                Poll::Ready(written)
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}

fn timed_out(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, reason)
}

#[cfg(test)]
mod tests;
