//! Loads the release server and prints one table, with the limits of the machine.
//!
//! ```text
//! cargo build --release && cargo run --release -p passport-app --example load
//! cargo run --release -p passport-app --example load -- --seconds 10 \
//!     --store redis://127.0.0.1:6379 --database postgres://me@127.0.0.1/passport
//! ```
//!
//! The server is pinned to one core and the load to another (`taskset`), except where sign-ins
//! saturate all cores. Figures depend on the machine, so compare within one table.

mod arguments;
mod client;
mod limits;
mod outcome;
mod process;
mod server;
mod table;

use std::{net::TcpListener, time::Duration};

use clap::Parser;

use arguments::Arguments;
use client::{Request, drive, drive_at_most};
use outcome::Outcome;
use server::Server;
use table::Table;

/// Accounts that sign in: an account has two places in the queue for hashing.
const PEOPLE: usize = 8;

/// Sign-ins by code; each needs a message first.
const CODES: usize = 4_000;

const MODE: &str = "server: one worker and one drawing thread on core 0, the load on core 1; rows with sign-ins: both cores
limits: in force and never reached, because each image and message is requested from another address
log: warnings only, so no line per request";

fn main() -> Outcome {
    let arguments = Arguments::parse();
    let time = Duration::from_secs(arguments.seconds);
    if arguments.bare {
        return limits::serve_bare();
    }
    if arguments.draw {
        return limits::draw(time);
    }
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(run(&arguments, time))
}

async fn run(arguments: &Arguments, time: Duration) -> Outcome {
    let mut table = Table::default();
    println!("{}", limits::machine());
    println!("stores: {} and {}", arguments.database(), arguments.store);
    println!("{MODE}\n");

    // Measured before a server starts, because this process is pinned to one core from then on.
    let hashing = limits::hashes_per_second(time);
    let bare = Server::bare()?;
    let row = drive(&bare.process, 32, time, |_| Request::get("/")).await?;
    table.row("bare actix answer (limit)", row, None);
    let bare_rate = table.last_rate();
    drop(bare);
    println!("bcrypt cost 12, all cores: {hashing:.1}/s");

    let server = Server::passport(arguments, Some("0"))?;
    println!("start to first answer: {} ms\n", server.started_in.as_millis());
    let idle = server.process.memory_mib();

    let row = drive(&server.process, 32, time, |_| Request::get("/healthz")).await?;
    table.row("healthz", row, Some(("of bare", bare_rate)));
    table.row("drawing alone, one thread (limit)", Server::draw(time)?, None);
    let drawing = table.last_rate();
    let row = drive(&server.process, 32, time, Request::image_code).await?;
    table.row("image_code", row, Some(("of drawing alone", drawing)));
    let row = drive(&server.process, 32, time, |_| Request::get("/api/v1/session")).await?;
    table.row("who am I, signed out", row, Some(("of bare", bare_rate)));
    let cookie = server.signed_in_person(1).await?;
    let row = drive(&server.process, 32, time, |_| Request::who_am_i(&cookie)).await?;
    table.row("who am I, signed in", row, Some(("of bare", bare_rate)));
    let alone = table.last_rate();
    let row = drive(&server.process, 32, time, |_| Request::forward_auth(&cookie)).await?;
    table.row("forward-auth", row, Some(("of who am I", alone)));
    let row = drive(&server.process, 32, time, |_| Request::devices(&cookie)).await?;
    table.row("devices", row, Some(("of who am I", alone)));
    for name in ["sign-in by code, new numbers", "sign-in by code, known numbers"] {
        let codes = server.codes(20_000_000, CODES).await?;
        let enter = |n: usize| Request::sign_in_by_code(&codes[n % CODES]);
        let row = drive_at_most(CODES, &server.process, 32, time, enter).await?;
        table.row(name, row, None);
    }
    let challenges = server.challenges(2 * time).await?;
    let send = |n| Request::sms_code(n, &challenges);
    let row = drive_at_most(challenges.len(), &server.process, 32, time, send).await?;
    table.row("sms_code, gateway that sends nothing", row, None);
    let loaded = server.process.memory_mib();
    drop(server);

    let gateway = TcpListener::bind("127.0.0.1:0")?;
    let server = Server::passport_sending_to(gateway.local_addr()?, arguments)?;
    let challenges = server.challenges(time).await?;
    let row = drive(&server.process, 4, 2 * time, Request::image_code).await?;
    table.row("image_code, 4 clients", row, None);
    let unloaded = table.last_rate();
    let send = |n| Request::sms_code(n, &challenges).that_fails();
    let (messages, images) = tokio::join!(
        drive_at_most(challenges.len(), &server.process, 32, 2 * time, send),
        drive(&server.process, 4, 2 * time, Request::image_code),
    );
    table.row("  sms_code, 32 clients, while the gateway hangs", messages?, None);
    table.row("  image_code, 4 clients", images?, Some(("of unloaded", unloaded)));
    drop((server, gateway));

    let server = Server::passport(arguments, None)?;
    let mut cookie = String::new();
    for person in 0..PEOPLE {
        cookie = server.signed_in_person(person).await?;
    }
    let row = drive(&server.process, 8, 2 * time, |n| Request::sign_in(n, n % PEOPLE)).await?;
    table.row("sign-in, cost 12, all cores", row, Some(("of raw bcrypt", hashing)));
    let (sign_ins, images) = tokio::join!(
        drive(&server.process, 8, 2 * time, |n| Request::sign_in(n, n % PEOPLE)),
        drive(&server.process, 1, 2 * time, Request::image_code),
    );
    table.row("  sign-in, while", sign_ins?, Some(("of raw bcrypt", hashing)));
    table.row("  image_code, one client", images?, None);
    let (sign_ins, sessions) = tokio::join!(
        drive(&server.process, 8, 2 * time, |n| Request::sign_in(n, n % PEOPLE)),
        drive(&server.process, 8, 2 * time, |_| Request::who_am_i(&cookie)),
    );
    table.row("  sign-in, while", sign_ins?, Some(("of raw bcrypt", hashing)));
    table.row("  who am I, 8 clients", sessions?, Some(("of unloaded", alone)));

    println!("{table}");
    println!("memory: {idle} MiB idle, {loaded} MiB after the rows above sign-in");
    Ok(())
}
