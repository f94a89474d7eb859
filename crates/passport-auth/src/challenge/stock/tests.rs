use std::{
    collections::HashSet,
    num::NonZeroUsize,
    sync::atomic::AtomicUsize,
    time::{Duration, Instant},
};

use futures::future::join_all;
use passport_codes::Code;
use rand::{Rng, RngExt};
use time::OffsetDateTime;
use tokio::task::yield_now;

use super::*;
use crate::{ChallengeSeed, Drawing, Locale, ManualClock, Picture, Priority, Sound, SystemClock};

const CAPACITY: usize = 8;

/// Writes the answer as the picture, and records each draw when it begins.
#[derive(Debug, Default)]
struct Renderer {
    draws: AtomicUsize,
    drawn: Mutex<Vec<String>>,
    panics: AtomicBool,
    is_held: AtomicBool,
}

impl ChallengeRenderer for Renderer {
    fn answer(&self, seed: &ChallengeSeed) -> Code {
        Code::from_text(seed.rng("answer").next_u64().to_string())
    }

    fn draw(&self, seed: &ChallengeSeed) -> Result<Drawing, BoxError> {
        self.draws.fetch_add(1, Ordering::Relaxed);
        self.drawn.lock().unwrap().push(self.answer(seed).expose().to_owned());
        while self.is_held.load(Ordering::Relaxed) {
            std::thread::sleep(Duration::from_millis(1));
        }
        assert!(!self.panics.load(Ordering::Relaxed), "out of ink");
        let bytes = self.answer(seed).expose().as_bytes().to_vec();
        let light = Picture { media_type: "text/plain", bytes };
        Ok(Drawing { dark: light.clone(), light })
    }

    fn speak(&self, _: &ChallengeSeed, _: Locale) -> Result<Sound, BoxError> {
        Err("it is mute".into())
    }

    fn normalise(&self, guess: &str) -> String {
        guess.to_owned()
    }
}

fn stock(renderer: &Arc<Renderer>) -> PictureStock {
    stock_on(2, renderer)
}

fn stock_on(threads: usize, renderer: &Arc<Renderer>) -> PictureStock {
    stock_at(Arc::new(SystemClock), threads, renderer)
}

fn stock_at(clock: Arc<dyn Clock>, threads: usize, renderer: &Arc<Renderer>) -> PictureStock {
    let of = |n| NonZeroUsize::new(n).unwrap();
    let workers = Workers::start("drawing", of(threads), of(64), Priority::Normal).unwrap();
    let key = ChallengeKey::new([1; 32]);
    PictureStock::new(Arc::clone(renderer) as _, key, workers, clock, CAPACITY)
}

/// Number of pictures in stock.
fn kept(stock: &PictureStock) -> usize {
    stock.0.shelf().drawn.len()
}

fn until(what: &str, ask: impl Fn() -> bool) {
    let since = Instant::now();
    while !ask() {
        assert!(since.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn until_full(stock: &PictureStock) {
    until("it is full", || {
        kept(stock) == CAPACITY && !stock.0.is_refilling.load(Ordering::Acquire)
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_picture_is_given_once_and_the_capacity_is_never_exceeded() {
    let stock = stock(&Arc::default());
    let most = Arc::new(AtomicUsize::new(0));
    let takers = (0..16).map(|_| {
        let (stock, most) = (stock.clone(), Arc::clone(&most));
        tokio::spawn(async move {
            let mut taken = Vec::new();
            while taken.len() < 200 {
                most.fetch_max(kept(&stock), Ordering::Relaxed);
                let reserved = stock.reserve().expect("the queue is longer than the takers");
                yield_now().await;
                if rng().random_bool(0.3) {
                    stock.give_back(reserved);
                } else {
                    taken.push(stock.take(reserved).await.unwrap());
                }
            }
            taken
        })
    });
    let taken: Vec<_> = join_all(takers).await.into_iter().flat_map(Result::unwrap).collect();
    assert_eq!(taken.len(), 3_200);
    let tickets: HashSet<_> = taken.iter().map(|it| it.ticket).collect();
    let answers: HashSet<_> = taken.iter().map(|it| it.answer.expose()).collect();
    let pictures: HashSet<_> = taken.iter().map(|it| &it.drawing.light.bytes).collect();
    assert_eq!((tickets.len(), answers.len(), pictures.len()), (3_200, 3_200, 3_200));
    for it in &taken {
        assert_eq!(
            it.drawing.light.bytes,
            it.answer.expose().as_bytes(),
            "picture and answer belong together"
        );
    }
    assert!((1..=CAPACITY).contains(&most.load(Ordering::Relaxed)), "{most:?}");
}

#[tokio::test]
async fn a_picture_that_is_returned_to_a_full_stock_is_discarded() {
    let stock = stock(&Arc::default());
    until_full(&stock);
    let reserved: Vec<_> = (0..CAPACITY).map(|_| stock.reserve().unwrap()).collect();
    stock.0.refill();
    until_full(&stock);
    for it in reserved {
        stock.give_back(it);
        assert_eq!(kept(&stock), CAPACITY);
    }
}

#[tokio::test]
async fn the_stock_is_refilled_at_half_and_idle_otherwise() {
    let renderer = Arc::<Renderer>::default();
    let stock = stock(&renderer);
    until_full(&stock);
    let draws = || renderer.draws.load(Ordering::Relaxed);
    for taken in 1..CAPACITY / 2 {
        let reserved = stock.reserve().unwrap();
        stock.take(reserved).await.unwrap();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!((draws(), kept(&stock)), (CAPACITY, CAPACITY - taken), "the stock is idle");
    }
    let reserved = stock.reserve().unwrap();
    stock.take(reserved).await.unwrap();
    until_full(&stock);
    std::thread::sleep(Duration::from_millis(20));
    assert_eq!(draws(), CAPACITY + CAPACITY / 2, "the stock is idle again");
}

#[tokio::test]
async fn a_returned_picture_comes_next() {
    let stock = stock(&Arc::default());
    until_full(&stock);
    let Ok(Reserved::Drawn(first)) = stock.reserve() else { panic!("it is full") };
    let ticket = first.ticket;
    stock.give_back(Reserved::Drawn(first));
    let Ok(Reserved::Drawn(next)) = stock.reserve() else { panic!("it is full") };
    assert_eq!(next.ticket, ticket);
}

#[tokio::test]
async fn a_panic_while_drawing_does_not_end_refilling() {
    let renderer = Arc::<Renderer>::default();
    renderer.panics.store(true, Ordering::Relaxed);
    let stock = stock(&renderer);
    let is_refilling = || stock.0.is_refilling.load(Ordering::Acquire);
    until("the refill ends", || !is_refilling());
    assert_eq!(kept(&stock), 0);
    renderer.panics.store(false, Ordering::Relaxed);
    let reserved = stock.reserve().unwrap();
    stock.take(reserved).await.unwrap();
    until_full(&stock);
}

#[tokio::test]
async fn with_a_full_queue_the_stock_is_used_up_and_then_calls_are_refused() {
    let stock = stock(&Arc::default());
    until_full(&stock);
    let places: Vec<_> = std::iter::from_fn(|| stock.0.workers.reserve().ok()).collect();
    for _ in 0..CAPACITY {
        let reserved = stock.reserve().unwrap();
        stock.take(reserved).await.unwrap();
    }
    assert!(matches!(stock.reserve(), Err(Busy)));
    drop(places);
    let reserved = stock.reserve().unwrap();
    stock.take(reserved).await.unwrap();
    until_full(&stock);
}

/// Starts to take a picture, and returns once the caller waits in the queue.
async fn taking(stock: &PictureStock) -> tokio::task::JoinHandle<Result<Drawn, BoxError>> {
    let (stock, reserved) = (stock.clone(), stock.reserve().unwrap());
    let taking = tokio::spawn(async move { stock.take(reserved).await });
    yield_now().await;
    taking
}

#[tokio::test]
async fn waiting_callers_are_served_in_order_and_before_the_stock() {
    let renderer = Arc::<Renderer>::default();
    renderer.is_held.store(true, Ordering::Relaxed);
    let stock = stock_on(1, &renderer);
    until("the refill draws", || renderer.draws.load(Ordering::Relaxed) == 1);
    let mut takers = Vec::new();
    for _ in 0..3 {
        takers.push(taking(&stock).await);
    }
    renderer.is_held.store(false, Ordering::Relaxed);
    let mut taken = Vec::new();
    for taker in takers {
        taken.push(taker.await.unwrap().unwrap().answer.expose().to_owned());
    }
    // The first picture was begun for the stock.
    assert_eq!(renderer.drawn.lock().unwrap()[1..4], taken);
    until_full(&stock);
}

#[tokio::test]
async fn nothing_is_drawn_for_a_caller_that_stopped_waiting() {
    let renderer = Arc::<Renderer>::default();
    renderer.is_held.store(true, Ordering::Relaxed);
    let stock = stock_on(1, &renderer);
    until("the refill draws", || renderer.draws.load(Ordering::Relaxed) == 1);
    let left = taking(&stock).await;
    let stayed = taking(&stock).await;
    left.abort();
    assert!(left.await.unwrap_err().is_cancelled());
    renderer.is_held.store(false, Ordering::Relaxed);
    stayed.await.unwrap().unwrap();
    until_full(&stock);
    assert_eq!(renderer.draws.load(Ordering::Relaxed), CAPACITY + 1);
}

/// The style may have rotated since.
#[tokio::test]
async fn pictures_older_than_ten_minutes_are_discarded() {
    let clock = Arc::new(ManualClock::new(OffsetDateTime::UNIX_EPOCH));
    let stock = stock_at(Arc::clone(&clock) as _, 2, &Arc::default());
    until_full(&stock);
    clock.advance(Duration::from_mins(10));
    assert!(matches!(stock.reserve(), Ok(Reserved::Drawn(_))));
    clock.advance(Duration::from_secs(1));
    assert!(matches!(stock.reserve(), Ok(Reserved::Place(..))));
    assert_eq!(kept(&stock), 0);
}

#[tokio::test]
async fn a_panic_is_the_failure_of_one_picture() {
    let renderer = Arc::<Renderer>::default();
    renderer.panics.store(true, Ordering::Relaxed);
    let stock = stock(&renderer);
    let reserved = stock.reserve().unwrap();
    assert_eq!(stock.take(reserved).await.unwrap_err().to_string(), "drawing panicked");
    renderer.panics.store(false, Ordering::Relaxed);
    let reserved = stock.reserve().unwrap();
    stock.take(reserved).await.unwrap();
    // A refill that started before may fail only now; then the next call starts another.
    until("it is filled", || {
        stock.0.refill();
        kept(&stock) == CAPACITY
    });
}
