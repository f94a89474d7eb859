use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use reqwest::Url;

/// TCP proxy in front of a server, which can simulate outages of the server and of the network.
///
/// The proxy runs on separate threads, so that it also works while a test blocks.
pub(crate) struct Gate {
    url: Url,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    mode: Mode,
    connections: Vec<TcpStream>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    Forwarding,
    /// Connections are closed at once, as if the server were down.
    Refusing,
    /// Connections stay open but data is dropped, as if the network were down.
    Dropping,
}

impl Gate {
    /// Starts a proxy in front of the server at `url`, which forwards all data.
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

    /// URL of the server through the proxy.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    pub(crate) fn shut(&self) {
        self.set(Mode::Refusing);
    }

    pub(crate) fn mute(&self) {
        self.state.lock().unwrap().mode = Mode::Dropping;
    }

    pub(crate) fn open(&self) {
        self.set(Mode::Forwarding);
    }

    /// Sets the mode and closes all connections, because dropped data would be missing in them.
    fn set(&self, mode: Mode) {
        let mut state = self.state.lock().unwrap();
        state.mode = mode;
        for connection in state.connections.drain(..) {
            let _ = connection.shutdown(Shutdown::Both);
        }
    }
}

fn accept(client: TcpStream, server: &str, state: &Arc<Mutex<State>>) {
    let mut locked = state.lock().unwrap();
    if locked.mode == Mode::Refusing {
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
        let is_open = state.lock().unwrap().mode == Mode::Forwarding;
        if is_open && to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
