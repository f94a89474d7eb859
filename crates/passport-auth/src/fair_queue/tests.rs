use std::{net::IpAddr, sync::mpsc};

use futures::future::join_all;
use passport_user::PhoneNumber;
use tokio::{
    task::{JoinHandle, yield_now},
    time::{advance, sleep},
};

use super::*;
use crate::Priority;

fn party(client: u8, account: usize) -> Party {
    Party {
        client: IpAddr::from([192, 0, 2, client]).into(),
        account: format!("137{account:08}").parse::<PhoneNumber>().unwrap().into(),
    }
}

/// A queue with `places` in all, one of them for its single thread.
fn queue(places: usize) -> FairQueue {
    let of = |n| NonZeroUsize::new(n).unwrap();
    let workers = Workers::start("test", of(1), of(1), Priority::Normal).unwrap();
    FairQueue::new(workers, of(places - 1))
}

/// Lets all other tasks go as far as they can.
async fn settle() {
    for _ in 0..50 {
        yield_now().await;
    }
}

/// Blocks the thread of `queue` until the result is dropped.
async fn hold(queue: &FairQueue) -> (mpsc::Sender<()>, JoinHandle<()>) {
    let place = queue.enter(party(250, 250)).await.unwrap();
    let (release, gate) = mpsc::channel();
    let running =
        tokio::spawn(async move { place.run(move || gate.recv().map_or((), |()| ())).await });
    settle().await;
    (release, running)
}

fn enter(queue: &FairQueue, client: u8, account: usize) -> JoinHandle<Result<Place, Busy>> {
    let queue = queue.clone();
    tokio::spawn(async move { queue.enter(party(client, account)).await })
}

#[tokio::test(start_paused = true)]
async fn x1_a_client_and_an_account_have_two_places_each() {
    let queue = queue(20);
    let mut held = Vec::new();
    for (client, account) in [(1, 1), (1, 2), (2, 3), (3, 3)] {
        held.push(queue.enter(party(client, account)).await.unwrap());
    }
    let (of_client, of_account) = (enter(&queue, 1, 9), enter(&queue, 9, 3));
    settle().await;
    assert!(!of_client.is_finished() && !of_account.is_finished());
    drop(held.remove(0));
    of_client.await.unwrap().unwrap();
    assert!(!of_account.is_finished());
    drop(held.pop());
    of_account.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn x1_callers_of_one_client_take_turns_and_are_not_refused() {
    let queue = queue(20);
    let callers = (0..34).map(|n| {
        let queue = queue.clone();
        async move {
            let place = queue.enter(party(1, n)).await?;
            sleep(Duration::from_millis(100)).await;
            drop(place);
            Ok::<_, Busy>(())
        }
    });
    assert_eq!(join_all(callers).await.iter().filter(|outcome| outcome.is_err()).count(), 0);
}

#[tokio::test(start_paused = true)]
async fn x1_callers_of_one_client_wait_up_to_a_number_and_a_time() {
    let queue = queue(20);
    let held = [queue.enter(party(1, 1)).await.unwrap(), queue.enter(party(1, 2)).await.unwrap()];
    let waiting: Vec<_> = (0..room::SEATS_EACH).map(|n| enter(&queue, 1, 10 + n)).collect();
    settle().await;
    assert_eq!(queue.enter(party(1, 3)).await.unwrap_err(), Busy);
    // Other clients have seats of their own.
    queue.enter(party(2, 3)).await.unwrap();
    advance(PATIENCE).await;
    for caller in waiting {
        assert_eq!(caller.await.unwrap().unwrap_err(), Busy);
    }
    drop(held);
    queue.enter(party(1, 3)).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn x1_a_flood_leaves_half_of_the_places_to_newcomers() {
    let queue = queue(20);
    // Each of ten clients and accounts had a turn.
    for n in 0..10 {
        queue.enter(party(n, n.into())).await.unwrap().run(|| ()).await;
    }
    let flood: Vec<_> = (0..20).map(|n| enter(&queue, n % 10, (n % 10).into())).collect();
    settle().await;
    assert_eq!(flood.iter().filter(|caller| caller.is_finished()).count(), 10);
    let newcomers: Vec<_> = (100..110).map(|n| enter(&queue, n, n.into())).collect();
    settle().await;
    assert!(newcomers.iter().all(JoinHandle::is_finished));
    assert_eq!(queue.enter(party(111, 111)).await.unwrap_err(), Busy);
}

#[tokio::test]
async fn x1_the_party_that_was_served_least_is_next() {
    let queue = queue(20);
    let (order, served) = mpsc::channel();
    // Five turns of each of four clients, all with one account.
    for client in (0..4).cycle().take(20) {
        queue.enter(party(client, 0)).await.unwrap().run(|| ()).await;
    }
    queue.enter(party(8, 8)).await.unwrap().run(|| ()).await;
    let held = hold(&queue).await;
    let mut callers = Vec::new();
    // The flood, now with other accounts, a returning visitor, and a newcomer.
    for (client, account) in [(0, 1), (1, 2), (2, 3), (3, 4), (8, 8), (9, 9)] {
        let place = queue.enter(party(client, account)).await.unwrap();
        let order = order.clone();
        callers.push(tokio::spawn(async move {
            place.run(move || order.send(client).unwrap()).await;
        }));
        settle().await;
    }
    drop(held.0);
    join_all(callers).await;
    drop(order);
    assert_eq!(served.into_iter().collect::<Vec<_>>(), [9, 8, 0, 1, 2, 3]);
}

#[tokio::test(start_paused = true)]
async fn x1_of_the_waiting_those_that_were_served_least_enter_first() {
    let queue = queue(4);
    for n in [0, 1, 0, 1, 0, 1, 5] {
        queue.enter(party(n, n.into())).await.unwrap().run(|| ()).await;
    }
    // The half that is not for newcomers is taken.
    let held = [queue.enter(party(0, 0)).await.unwrap(), queue.enter(party(1, 1)).await.unwrap()];
    let (again, other) = (enter(&queue, 0, 10), enter(&queue, 5, 5));
    settle().await;
    assert!(!other.is_finished() && !again.is_finished());
    let [_first, second] = held;
    drop(second);
    settle().await;
    assert!(other.is_finished() && !again.is_finished());
}

#[tokio::test(start_paused = true)]
async fn a_turn_is_forgotten_after_a_minute() {
    let queue = queue(2);
    queue.enter(party(1, 1)).await.unwrap().run(|| ()).await;
    let _other = queue.enter(party(2, 2)).await.unwrap();
    advance(Duration::from_secs(59)).await;
    assert_eq!(queue.0.lock().recent.of(&party(1, 5), Instant::now()), 1);
    assert_eq!(queue.0.lock().recent.of(&party(5, 1), Instant::now()), 1);
    advance(Duration::from_secs(1)).await;
    assert_eq!(queue.0.lock().recent.of(&party(1, 1), Instant::now()), 0);
}

#[tokio::test]
async fn callers_that_leave_take_nothing_with_them() {
    let queue = queue(3);
    let held = hold(&queue).await;
    let waiting = queue.enter(party(1, 1)).await.unwrap();
    let waiting = tokio::spawn(async move { waiting.run(|| panic!("the caller left")).await });
    let places = [(2, 2), (2, 3)].map(|(client, account)| enter(&queue, client, account));
    settle().await;
    waiting.abort();
    places.iter().for_each(JoinHandle::abort);
    settle().await;
    drop(held.0);
    held.1.await.unwrap();
    settle().await;
    assert!(waiting.await.unwrap_err().is_cancelled());
    drop(places);
    assert_eq!(queue.enter(party(2, 2)).await.unwrap().run(|| 7).await, 7);
    settle().await;
    let state = queue.0.lock();
    assert_eq!((state.places, state.running, state.of_others), (0, 0, 0));
}

#[tokio::test]
async fn a_panic_frees_the_thread_and_the_place() {
    let queue = queue(2);
    let place = queue.enter(party(1, 1)).await.unwrap();
    let broken = tokio::spawn(async move { place.run(|| panic!("broken work")).await });
    assert!(broken.await.unwrap_err().is_panic());
    assert_eq!(queue.enter(party(1, 1)).await.unwrap().run(|| 1).await, 1);
    assert_eq!(queue.0.lock().running, 0);
}
