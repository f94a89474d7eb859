use std::collections::VecDeque;

use tokio::sync::oneshot;

/// Number of turns in a row that may go to callers of a low rank, before one goes to the caller that
/// has waited longest.
const MOST_IN_A_ROW: usize = 2;

/// Callers that wait for a thread, in the order of arrival, each with its rank.
#[derive(Debug)]
pub(super) struct Line<T> {
    callers: VecDeque<(usize, oneshot::Sender<T>)>,
    /// Turns since the last one of the caller that had waited longest.
    in_a_row: usize,
}

impl<T> Default for Line<T> {
    fn default() -> Self {
        Self { callers: VecDeque::new(), in_a_row: 0 }
    }
}

impl<T> Line<T> {
    pub(super) fn wait(&mut self, rank: usize) -> oneshot::Receiver<T> {
        let (sender, receiver) = oneshot::channel();
        self.callers.push_back((rank, sender));
        receiver
    }

    /// Removes the caller whose turn is next: that of the lowest rank, and from time to time the one
    /// that has waited longest, so that none starves.
    pub(super) fn next(&mut self) -> Option<oneshot::Sender<T>> {
        self.callers.retain(|(_, caller)| !caller.is_closed());
        let ranked = self.callers.iter().enumerate().map(|(index, (rank, _))| (*rank, index));
        let (_, lowest) = ranked.min()?;
        let index = if self.in_a_row == MOST_IN_A_ROW { 0 } else { lowest };
        self.in_a_row = if index == 0 { 0 } else { self.in_a_row + 1 };
        self.callers.remove(index).map(|(_, caller)| caller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_rank_goes_first_and_none_starves() {
        let mut line = Line::default();
        let ranks = [9, 9, 9, 5, 0, 0, 0, 0, 0];
        let mut waiting: Vec<_> =
            ranks.into_iter().enumerate().map(|(n, rank)| (n, line.wait(rank))).collect();
        let mut order = Vec::new();
        while let Some(caller) = line.next() {
            caller.send(()).unwrap();
            let called = waiting.iter_mut().position(|(_, it)| it.try_recv().is_ok()).unwrap();
            order.push(waiting.remove(called).0);
        }
        assert_eq!(order, [4, 5, 0, 6, 7, 1, 8, 3, 2]);
    }

    #[test]
    fn callers_that_left_are_skipped() {
        let mut line = Line::<()>::default();
        drop(line.wait(0));
        let mut waiting = line.wait(1);
        line.next().unwrap().send(()).unwrap();
        assert!(waiting.try_recv().is_ok());
        assert!(line.next().is_none());
    }
}
