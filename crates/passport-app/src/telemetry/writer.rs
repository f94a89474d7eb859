use std::{
    cell::Cell,
    io::{self, ErrorKind, Write},
    sync::Arc,
    thread,
    time::Duration,
};

use tracing_subscriber::fmt::MakeWriter;

use super::buffer::Buffer;

/// Pause before a stream that takes nothing at the moment is written to again.
const PAUSE: Duration = Duration::from_millis(10);

/// Time for the last lines at the end of the process.
const LAST_LINES: Duration = Duration::from_secs(1);

/// Bytes of a single write.
const CHUNK: usize = 64 * 1024;

thread_local! {
    static IS_WRITER: Cell<bool> = const { Cell::new(false) };
}

/// Accepts lines without waiting for the stream.
#[derive(Debug, Clone)]
pub(super) struct Lines(Arc<Buffer>);

/// Writes the remaining lines when it is dropped, as far as the stream takes them within a second.
#[must_use = "lines that are not written when the process ends are lost"]
#[derive(Debug)]
pub(crate) struct Flush(Arc<Buffer>);

/// Starts the thread that writes lines to `stream`. After a successful write it calls `report` with the
/// number of lines that were dropped before, if there were any.
///
/// # Errors
///
/// When the thread cannot be started.
pub(super) fn start(
    stream: impl Write + Send + 'static,
    report: impl Fn(u64) + Send + 'static,
) -> io::Result<(Lines, Flush)> {
    let buffer = Arc::new(Buffer::default());
    let shared = Arc::clone(&buffer);
    thread::Builder::new().name("log".to_owned()).spawn(move || {
        IS_WRITER.set(true);
        write_all(&shared, stream, report);
        shared.finish();
    })?;
    Ok((Lines(Arc::clone(&buffer)), Flush(buffer)))
}

fn write_all(buffer: &Buffer, mut stream: impl Write, report: impl Fn(u64)) {
    let mut lines = Vec::new();
    // Whether the stream ends with a part of a line.
    let mut is_torn = false;
    while buffer.take(&mut lines) {
        let (written, outcome) = write(&mut stream, is_torn, &lines);
        if outcome.is_ok() {
            is_torn = false;
            let dropped = buffer.take_dropped();
            if dropped > 0 {
                report(dropped);
            }
        } else {
            is_torn = if written == 0 { is_torn } else { lines[written - 1] != b'\n' };
            buffer.count_dropped(newlines(&lines[written..]));
        }
        lines.clear();
    }
}

/// The number of bytes of `lines` that were written, and the error that prevented the rest.
fn write(stream: &mut impl Write, is_torn: bool, lines: &[u8]) -> (usize, io::Result<()>) {
    if is_torn && let Err(error) = write_once(stream, b"\n") {
        return (0, Err(error));
    }
    let mut written = 0;
    while written < lines.len() {
        let rest = &lines[written..];
        match write_once(stream, &rest[..rest.len().min(CHUNK)]) {
            Ok(count) => written += count,
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

/// Writes at least one byte. Waits for a pipe that is full, also for one that does not block.
fn write_once(stream: &mut impl Write, bytes: &[u8]) -> io::Result<usize> {
    loop {
        match stream.write(bytes) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(PAUSE),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.iter().map(|byte| u64::from(*byte == b'\n')).sum()
}

impl Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if IS_WRITER.get() {
            self.0.push_notice(line);
        } else {
            self.0.push(line);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Drop for Flush {
    fn drop(&mut self) {
        self.0.close(LAST_LINES);
    }
}

#[cfg(test)]
mod tests;
