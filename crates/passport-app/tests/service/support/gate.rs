use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use reqwest::Url;

/// A TCP proxy in front of a server, which can cut the connections.
///
/// It runs on its own threads, so that it works while a test blocks.
pub(crate) struct Gate {
    url: Url,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    door: Door,
    connections: Vec<TcpStream>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Door {
    #[default]
    Open,
    /// Connections are closed at once, as when the server is down.
    Shut,
    /// Connections stay open and transfer nothing, as when the network is down.
    Mute,
}

impl Gate {
    /// An open gate in front of the server at `url`.
    pub(crate) fn before(url: &str) -> Self {
        let mut url: Url = url.parse().unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                accept(client, &server, &shared);
            }
        });
        Self { url, state }
    }

    /// The URL of the server through the gate.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    pub(crate) fn shut(&self) {
        self.set(Door::Shut);
    }

    pub(crate) fn mute(&self) {
        self.state.lock().unwrap().door = Door::Mute;
    }

    pub(crate) fn open(&self) {
        self.set(Door::Open);
    }

    /// Closes the existing connections too, because they may have lost data.
    fn set(&self, door: Door) {
        let mut state = self.state.lock().unwrap();
        state.door = door;
        for connection in state.connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn accept(client: TcpStream, server: &str, state: &Arc<Mutex<State>>) {
    let mut locked = state.lock().unwrap();
    if locked.door == Door::Shut {
        return;
    }
    let Ok(server) = TcpStream::connect(server) else { return };
    for (from, to) in [(&client, &server), (&server, &client)] {
        let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
        let state = Arc::clone(state);
        thread::spawn(move || pass(from, to, &state));
    }
    locked.connections.extend([client, server]);
}

fn pass(mut from: TcpStream, mut to: TcpStream, state: &Mutex<State>) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        let is_open = state.lock().unwrap().door == Door::Open;
        if is_open && to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
