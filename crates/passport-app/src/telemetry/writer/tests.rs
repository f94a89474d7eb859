use std::sync::{
    Mutex,
    mpsc::{Receiver, Sender, channel},
};

use super::*;
use crate::telemetry::buffer::CAPACITY;

/// A stream whose writes each wait for an outcome.
struct Gated {
    outcomes: Receiver<io::Result<usize>>,
    written: Arc<Mutex<Vec<u8>>>,
}

impl Write for Gated {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let most = self.outcomes.recv().unwrap_or(Ok(usize::MAX))?;
        let bytes = &bytes[..bytes.len().min(most)];
        self.written.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Written = Arc<Mutex<Vec<u8>>>;

/// A log whose lines go through `Gated`, and which reports dropped lines as a line.
fn log() -> (Lines, Flush, Sender<io::Result<usize>>, Written) {
    let (gate, outcomes) = channel();
    let written = Written::default();
    let (slot, lines) = channel::<Lines>();
    let stream = Gated { outcomes, written: Arc::clone(&written) };
    let report = move |dropped| {
        let mut lines = lines.recv().expect("the lines are sent");
        writeln!(lines, "{dropped} dropped").unwrap();
    };
    let (lines, flush) = start(stream, report).unwrap();
    (0..9).for_each(|_| slot.send(lines.clone()).unwrap());
    (lines, flush, gate, written)
}

fn text(written: &Written) -> String {
    String::from_utf8(written.lock().unwrap().clone()).unwrap()
}

#[test]
fn x2_a_blocked_stream_delays_no_line_and_dropped_lines_are_reported() {
    let (mut lines, flush, gate, written) = log();
    lines.write_all(b"first\n").unwrap();
    let long = [&vec![b'x'; CAPACITY / 2 - 1][..], b"\n"].concat();
    for _ in 0..6 {
        lines.write_all(&long).unwrap();
    }
    drop(gate);
    drop(flush);
    let text = text(&written);
    assert!(text.starts_with("first\n"), "{:?}", &text[..9]);
    let whole = text.lines().filter(|line| line.starts_with('x')).count();
    let reported: Vec<_> = text.lines().filter(|line| line.ends_with("dropped")).collect();
    // Up to two of them may have been taken with the first line.
    assert_eq!(reported, [format!("{} dropped", 6 - whole)], "of 6 lines {whole} came");
}

#[test]
fn x3_lines_of_a_failed_write_are_reported_when_writing_works_again() {
    let (mut lines, flush, gate, written) = log();
    gate.send(Err(ErrorKind::StorageFull.into())).unwrap();
    lines.write_all(b"lost\n").unwrap();
    // Interrupted and full for a moment: no failures.
    gate.send(Err(ErrorKind::Interrupted.into())).unwrap();
    gate.send(Err(ErrorKind::WouldBlock.into())).unwrap();
    while lines.0.take_dropped_for_test() == 0 {
        thread::yield_now();
    }
    lines.write_all(b"second\n").unwrap();
    drop(gate);
    drop(flush);
    assert_eq!(text(&written), "second\n1 dropped\n");
}

#[test]
fn x3_a_torn_line_does_not_tear_the_next_one() {
    let (mut lines, flush, gate, written) = log();
    gate.send(Ok(3)).unwrap();
    gate.send(Err(ErrorKind::StorageFull.into())).unwrap();
    lines.write_all(b"torn\n").unwrap();
    while lines.0.take_dropped_for_test() == 0 {
        thread::yield_now();
    }
    lines.write_all(b"second\n").unwrap();
    drop(gate);
    drop(flush);
    assert_eq!(text(&written), "tor\nsecond\n1 dropped\n");
}
