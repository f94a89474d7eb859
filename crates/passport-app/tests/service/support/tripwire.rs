use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use reqwest::Url;
use rustix::process::{Pid, Signal, kill_process};

/// When the process is killed that sends a message to a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// The server does not get the message.
    Before,
    /// The server executes the message, and its answer is lost.
    After,
}

/// TCP proxies in front of servers, which kill their client at its n-th message after
/// [`arm`](Self::arm).
#[derive(Clone, Default)]
pub(crate) struct Tripwire(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    armed: Option<Armed>,
}

struct Armed {
    client: Pid,
    moment: Moment,
    /// Messages that pass before.
    left: usize,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Passes,
    Lost,
    /// The server gets it, and the client is killed before it gets the answer.
    Unanswered,
}

impl Tripwire {
    /// Opens a proxy in front of the server at `url`; returns the URL of the proxy.
    pub(crate) fn before(&self, url: &str) -> String {
        let mut url: Url = url.parse().unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let this = self.clone();
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let _ = (client.set_nodelay(true), server.set_nodelay(true));
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                let this = this.clone();
                thread::spawn(move || pass(from, to, |_| this.fate()));
                thread::spawn(move || pass(server, client, |_| Fate::Passes));
            }
        });
        url.into()
    }

    /// Kills `client` at its message after the next `left` ones.
    pub(crate) fn arm(&self, client: Pid, moment: Moment, left: usize) {
        self.0.lock().unwrap().armed = Some(Armed { client, moment, left });
    }

    /// Kills no more; returns whether the client was killed.
    pub(crate) fn disarm(&self) -> bool {
        self.0.lock().unwrap().armed.take().is_none()
    }

    fn fate(&self) -> Fate {
        let mut state = self.0.lock().unwrap();
        let Some(armed) = &mut state.armed else { return Fate::Passes };
        if armed.left > 0 {
            armed.left -= 1;
            return Fate::Passes;
        }
        let (client, moment) = (armed.client, armed.moment);
        state.armed = None;
        kill_process(client, Signal::KILL).unwrap();
        match moment {
            Moment::Before => Fate::Lost,
            Moment::After => Fate::Unanswered,
        }
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, fate: impl Fn(&[u8]) -> Fate) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let message = &bytes[..length];
        if fate(message) == Fate::Lost || to.write_all(message).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Write);
}
