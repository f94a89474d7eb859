//! Requests of codes, and sign-ins by codes that were sent.

use std::{
    cell::RefCell,
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::{
    bench::Bench,
    driver::{LANES, Load},
    figures::Measured,
    outcome::Outcome,
    people::scattered,
    request::{Request, SentCode},
    service::Service,
    world::World,
};

/// Numbers that messages go to. With fewer of them one number could get a second message in a second, which
/// the service refuses.
const NUMBERS: usize = 1_000_000;

/// The first number that no table knows.
const NEW: usize = 60_000_000;

/// Codes of one round of sign-ins.
const ROUND: usize = 1_000;

/// Codes that are read from the inbox at once: it keeps a hundred messages.
const BATCH: usize = 100;

/// Longer than the pause between two messages to one number.
const PAUSE: Duration = Duration::from_millis(1_100);

/// Whose numbers codes are sent to.
#[derive(Clone, Copy)]
pub(super) enum Sent<'a> {
    /// Random users of a filled table.
    ToKnown(&'a World),
    /// Numbers that are new to the service, which makes users of them.
    ToNew,
}

/// Requests codes for random numbers by `sms_code`, with a challenge each.
pub(super) async fn send(bench: &Bench<'_>, service: &Service) -> Outcome<Measured> {
    let challenges = challenges(bench, service, bench.load()).await?;
    let load = bench.load().at_most(challenges.len());
    service.target.drive(load, |n| sms_code(bench, service, &challenges[n])).await
}

/// A request of a new visitor for a code.
pub(super) fn sms_code(bench: &Bench<'_>, service: &Service, challenge: &str) -> Request {
    let n = bench.next();
    Request::sms_code(service.visitor(n), scattered(n, NUMBERS), challenge)
}

/// Signs in by codes, in rounds, until the sign-ins have taken the time of a run.
pub(super) async fn sign_in(
    bench: &Bench<'_>,
    service: &Service,
    to: Sent<'_>,
) -> Outcome<Measured> {
    let mut measured = Measured::default();
    // What was measured before may have sent to the same numbers.
    tokio::time::sleep(PAUSE).await;
    while measured.time < bench.time {
        let codes = codes(bench, service, &numbers(bench, to)).await?;
        let sent = Instant::now();
        let load = Load::all(LANES, codes.len());
        let enter = |n: usize| Request::sign_in_by_code(service.visitor(bench.next()), &codes[n]);
        measured.add(service.target.drive(load, enter).await?);
        // The next round may send to the same numbers.
        tokio::time::sleep(PAUSE.saturating_sub(sent.elapsed())).await;
    }
    Ok(measured)
}

/// The numbers of a round, each once.
fn numbers(bench: &Bench<'_>, to: Sent<'_>) -> Vec<usize> {
    match to {
        Sent::ToKnown(world) => {
            let first = bench.next();
            (first..first + ROUND.min(world.people)).map(|n| scattered(n, world.people)).collect()
        }
        Sent::ToNew => (0..ROUND).map(|_| NEW + bench.next()).collect(),
    }
}

/// Has a code sent to each of `numbers`, and reads it from the inbox.
async fn codes(bench: &Bench<'_>, service: &Service, numbers: &[usize]) -> Outcome<Vec<SentCode>> {
    let target = &service.target;
    let mut codes = Vec::with_capacity(numbers.len());
    for numbers in numbers.chunks(BATCH) {
        let all = Load::all(LANES, numbers.len());
        let challenges = challenges(bench, service, all).await?;
        let ids = RefCell::new(HashMap::new());
        let request =
            |n: usize| Request::code(service.visitor(bench.next()), numbers[n], &challenges[n]);
        let read = |n: usize, reply: &crate::reply::Reply| {
            let id = reply.json()["code_id"].as_str().ok_or("no code_id")?.to_owned();
            ids.borrow_mut()
                .insert(format!("+86{}", crate::people::mobile(numbers[n])), (numbers[n], id));
            Ok(())
        };
        target.drive_and_read(all, request, read).await?.with_at_most(0)?;
        let inbox = target.once(&Request::get("/dev/inbox.json")).await?.json();
        for message in inbox.as_array().into_iter().flatten() {
            let to = message["to"].as_str().unwrap_or_default();
            // The inbox has messages of earlier batches too.
            if let Some((n, id)) = ids.borrow_mut().remove(to) {
                let code = message["code"].as_str().ok_or("a message without a code")?.to_owned();
                codes.push(SentCode { n, id, code });
            }
        }
        if !ids.borrow().is_empty() {
            return Err("the inbox lacks a code".into());
        }
    }
    Ok(codes)
}

/// Ids of challenges that the service issues during `load`.
pub(super) async fn challenges(
    bench: &Bench<'_>,
    service: &Service,
    load: Load,
) -> Outcome<Vec<String>> {
    let ids = RefCell::new(Vec::new());
    let read = |_, reply: &crate::reply::Reply| {
        ids.borrow_mut().push(reply.json()["id"].as_str().ok_or("no id")?.to_owned());
        Ok(())
    };
    let issued = service.target.drive_and_read(load, |_| Request::issue(bench.next()), read);
    issued.await?.with_at_most(0)?;
    Ok(ids.into_inner())
}
