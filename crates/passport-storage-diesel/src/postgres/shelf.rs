//! Which connection a query takes.

/// Connection that can become useless while no query uses it.
pub(super) trait Fit {
    fn is_fit(&mut self) -> bool;
}

/// Connections of a pool that no query uses, and the number of all.
///
/// A connection belongs to a runtime `R`, which drives it. A query of a task on the same runtime is
/// answered without a change of threads, which costs more than the query itself. The runtime `home` outlives
/// all others, so every query can use its connections; queries at home use no others, because a connection
/// ends with its runtime.
#[derive(Debug)]
pub(super) struct Shelf<C, R> {
    home: R,
    /// Largest number of connections.
    most: usize,
    /// Connections, with those in use and those that are being opened.
    open: usize,
    /// Those of other runtimes than `home`.
    away: usize,
    /// The one used last is the last, because its statements and caches are the warmest.
    idle: Vec<(C, R)>,
}

/// What a query does to have a connection.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Taken<C, R> {
    /// Uses this one, of this runtime.
    Idle(C, R),
    /// Opens one on this runtime, for which there is a place.
    Place(R),
    /// Closes this one, and opens one on this runtime in its place.
    Instead(C, R),
}

impl<C: Fit, R: Copy + Eq> Shelf<C, R> {
    pub(super) fn new(home: R, most: usize) -> Self {
        Self { home, most, open: 0, away: 0, idle: Vec::new() }
    }

    /// A connection for a query on `runtime`. At most `most` queries may have one at a time.
    pub(super) fn take(&mut self, runtime: R) -> Option<Taken<C, R>> {
        self.discard_unfit();
        let is_home = runtime == self.home;
        if let Some(own) = self.take_idle(runtime) {
            return Some(own);
        }
        // A quarter is left for queries at home, so that they need not close others.
        let is_owner = is_home || self.away < self.most - self.most / 4;
        if is_owner && self.open < self.most {
            return Some(self.place(runtime));
        }
        if is_home {
            let (connection, owner) = self.remove(0)?;
            self.left(owner);
            self.entered(runtime);
            return Some(Taken::Instead(connection, runtime));
        }
        if let Some(at_home) = self.take_idle(self.home) {
            return Some(at_home);
        }
        if self.open < self.most {
            return Some(self.place(self.home));
        }
        let (connection, owner) = self.remove(self.idle.len().checked_sub(1)?)?;
        Some(Taken::Idle(connection, owner))
    }

    /// Returns a connection of `runtime`, or the place of one that is lost or was not opened.
    pub(super) fn give_back(&mut self, connection: Option<C>, runtime: R) {
        match connection {
            Some(connection) => self.idle.push((connection, runtime)),
            None => self.left(runtime),
        }
    }

    fn discard_unfit(&mut self) {
        for at in (0..self.idle.len()).rev() {
            if !self.idle[at].0.is_fit() {
                let (_, runtime) = self.idle.remove(at);
                self.left(runtime);
            }
        }
    }

    fn take_idle(&mut self, runtime: R) -> Option<Taken<C, R>> {
        let at = self.idle.iter().rposition(|(_, owner)| *owner == runtime)?;
        let (connection, owner) = self.remove(at)?;
        Some(Taken::Idle(connection, owner))
    }

    fn remove(&mut self, at: usize) -> Option<(C, R)> {
        (at < self.idle.len()).then(|| self.idle.remove(at))
    }

    fn place(&mut self, runtime: R) -> Taken<C, R> {
        self.entered(runtime);
        Taken::Place(runtime)
    }

    fn entered(&mut self, runtime: R) {
        self.open += 1;
        self.away += usize::from(runtime != self.home);
    }

    fn left(&mut self, runtime: R) {
        self.open -= 1;
        self.away -= usize::from(runtime != self.home);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A connection with a number, which is unfit if negative.
    #[derive(Debug, PartialEq, Eq)]
    struct Double(i32);

    impl Fit for Double {
        fn is_fit(&mut self) -> bool {
            self.0 >= 0
        }
    }

    const HOME: &str = "home";

    fn shelf<const N: usize>(
        most: usize,
        idle: [(i32, &'static str); N],
    ) -> Shelf<Double, &'static str> {
        let mut shelf = Shelf::new(HOME, most);
        for (number, runtime) in idle {
            shelf.entered(runtime);
            shelf.give_back(Some(Double(number)), runtime);
        }
        shelf
    }

    #[test]
    fn a_query_uses_the_latest_connection_of_its_own_runtime() {
        let mut shelf = shelf(4, [(1, "a"), (2, "a"), (3, "b"), (4, HOME)]);
        assert_eq!(shelf.take("a"), Some(Taken::Idle(Double(2), "a")));
        assert_eq!(shelf.take("a"), Some(Taken::Idle(Double(1), "a")));
        assert_eq!(shelf.take(HOME), Some(Taken::Idle(Double(4), HOME)));
    }

    #[test]
    fn a_query_opens_a_connection_on_its_own_runtime() {
        let mut shelf = shelf(4, [(1, HOME), (2, "b")]);
        assert_eq!(shelf.take("a"), Some(Taken::Place("a")));
        assert_eq!(shelf.take(HOME), Some(Taken::Idle(Double(1), HOME)));
        assert_eq!(shelf.take(HOME), Some(Taken::Place(HOME)));
    }

    #[test]
    fn other_runtimes_leave_a_quarter_of_the_connections_to_home() {
        let mut shelf = shelf(8, []);
        for _ in 0..6 {
            assert_eq!(shelf.take("a"), Some(Taken::Place("a")));
        }
        assert_eq!(shelf.take("a"), Some(Taken::Place(HOME)));
        shelf.give_back(Some(Double(1)), HOME);
        assert_eq!(shelf.take("b"), Some(Taken::Idle(Double(1), HOME)));
    }

    #[test]
    fn there_are_never_more_connections_than_allowed() {
        for (most, runtimes) in
            [(1, ["a", HOME, "b"]), (4, ["a", "b", HOME]), (5, [HOME, "a", "a"])]
        {
            let mut shelf = shelf(most, []);
            for round in 0..20 {
                let queries = (0..most).map(|it| runtimes[(round + it) % 3]);
                let taken: Vec<_> = queries.map(|it| shelf.take(it)).collect();
                assert!(shelf.open <= most && shelf.away <= shelf.open);
                for taken in taken {
                    let (Taken::Idle(_, it) | Taken::Place(it) | Taken::Instead(_, it)) =
                        taken.expect("each of so many queries has a connection");
                    shelf.give_back(Some(Double(1)), it);
                }
            }
        }
    }

    /// A connection ends with its runtime, and an operation must not end with either.
    #[test]
    fn home_closes_the_connection_of_another_runtime_instead_of_using_it() {
        let mut shelf = shelf(2, [(1, "a"), (2, "b")]);
        assert_eq!(shelf.take(HOME), Some(Taken::Instead(Double(1), HOME)));
        assert_eq!((shelf.open, shelf.away), (2, 1));
        assert_eq!(shelf.take("a"), Some(Taken::Idle(Double(2), "b")), "a read may");
    }

    #[test]
    fn an_unfit_connection_is_discarded_and_its_place_is_free() {
        let mut shelf = shelf(2, [(-1, "a"), (2, "b")]);
        assert_eq!(shelf.take("a"), Some(Taken::Place("a")));
        shelf.give_back(None, "a");
        assert_eq!((shelf.open, shelf.away), (1, 1));
    }
}
