//! Limits of the machine: the same work without the service.

use std::{
    fs,
    num::NonZeroUsize,
    thread,
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, rt::System, web};
use passport_app::{challenge_renderer, settings::Settings};
use passport_auth::{ChallengeKey, Clock, SystemClock, Ticket};
use passport_user::{BcryptCost, BcryptSha256, Password, PasswordHasher};

use crate::{outcome::Outcome, process::cpu_of, server::SECRET};

/// Serves a constant answer on a free port.
pub(crate) fn serve_bare() -> Outcome {
    System::new().block_on(async {
        let server = HttpServer::new(|| {
            App::new().route("/", web::get().to(|| async { HttpResponse::Ok().body("ok") }))
        })
        .workers(1)
        .bind("127.0.0.1:0")?;
        println!("http://{}", server.addrs()[0]);
        Ok(server.run().await?)
    })
}

/// Makes challenges as the service does for `image_code`, in the same styles, on one thread: ticket,
/// seed, answer and image. Prints their number, the time and the processor time.
pub(crate) fn draw(time: Duration) -> Outcome {
    let settings = Settings::from_pairs([("secret", SECRET)])?;
    let (renderer, key) = (challenge_renderer(&settings)?, ChallengeKey::new([7; 32]));
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        let seed = key.seed(Ticket::generate(SystemClock.now(), &mut rand::rng()));
        std::hint::black_box((renderer.answer(&seed), renderer.draw(&seed)?));
        count += 1;
    }
    println!("{count} {} {}", started.elapsed().as_micros(), cpu_of("self").as_micros());
    Ok(())
}

/// Rate of hashes of cost 12 on all cores.
pub(crate) fn hashes_per_second(time: Duration) -> f64 {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let threads: Vec<_> = (0..cores)
        .map(|_| {
            thread::spawn(move || {
                let hasher = BcryptSha256::new(BcryptCost::DEFAULT);
                let password = Password::new("correct horse battery staple").ok();
                rate(time, || {
                    let hash = password.as_ref().map(|it| hasher.hash(it, &mut rand::rng()));
                    std::hint::black_box(hash);
                })
            })
        })
        .collect();
    threads.into_iter().filter_map(|thread| thread.join().ok()).sum()
}

fn rate(time: Duration, mut act: impl FnMut()) -> f64 {
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < time {
        act();
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

/// The processor and the number of cores.
pub(crate) fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name"));
    let model = model.unwrap_or_default().trim_start_matches(['\t', ' ', ':']);
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    format!("machine: {model}, {cores} cores")
}
