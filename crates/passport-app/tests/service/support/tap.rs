use std::{
    collections::HashMap,
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use reqwest::Url;

/// Passes on what is sent to a Redis or PostgreSQL server, and keeps what the server is asked to do.
pub(crate) struct Tap {
    url: Url,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Tap {
    /// A tap in front of the server at `url`.
    pub(crate) fn before(url: &str) -> Self {
        let mut url: Url = url.parse().unwrap();
        let is_redis = url.scheme() == "redis";
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        url.set_host(Some("127.0.0.1")).unwrap();
        url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
        let seen = Arc::<Mutex<Vec<String>>>::default();
        let shared = Arc::clone(&seen);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { return };
                let (to_client, to_server) =
                    (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || pass(server, to_client, |_| {}));
                let seen = Arc::clone(&shared);
                let mut reader: Box<dyn Reader + Send> =
                    if is_redis { Box::new(Redis) } else { Box::new(Postgres::default()) };
                let mut unread = Vec::new();
                let note = move |bytes: &[u8]| {
                    unread.extend_from_slice(bytes);
                    while let Some((length, asked)) = reader.next(&unread) {
                        unread.drain(..length);
                        seen.lock().unwrap().extend(asked);
                    }
                };
                thread::spawn(move || pass(client, to_server, note));
            }
        });
        Self { url, seen }
    }

    /// The URL of the server through the tap.
    pub(crate) fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Names of the commands of Redis, or texts of the statements of PostgreSQL, since the last call.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, mut note: impl FnMut(&[u8])) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut bytes) {
        note(&bytes[..length]);
        if to.write_all(&bytes[..length]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Reads the protocol of a client.
trait Reader {
    /// Length of the first message in `bytes`, if it is complete, and what it asks for.
    fn next(&mut self, bytes: &[u8]) -> Option<(usize, Option<String>)>;
}

struct Redis;

impl Redis {
    /// The number after the first byte of a line, and the end of the line.
    fn line(bytes: &[u8], start: usize) -> Option<(usize, usize)> {
        let rest = bytes.get(start + 1..)?;
        let length = rest.windows(2).position(|it| it == b"\r\n")?;
        let number = std::str::from_utf8(&rest[..length]).unwrap().parse().unwrap();
        Some((number, start + 1 + length + 2))
    }
}

impl Reader for Redis {
    fn next(&mut self, bytes: &[u8]) -> Option<(usize, Option<String>)> {
        let (words, mut at) = Self::line(bytes, 0)?;
        let mut name = None;
        for _ in 0..words {
            let (length, start) = Self::line(bytes, at)?;
            let word = bytes.get(start..start + length)?;
            bytes.get(start + length..start + length + 2)?;
            name.get_or_insert_with(|| String::from_utf8_lossy(word).to_uppercase());
            at = start + length + 2;
        }
        Some((at, name))
    }
}

/// Statements that are prepared, by their names.
#[derive(Default)]
struct Postgres {
    has_begun: bool,
    prepared: HashMap<String, String>,
}

impl Reader for Postgres {
    fn next(&mut self, bytes: &[u8]) -> Option<(usize, Option<String>)> {
        // The first messages have no type.
        let start = usize::from(self.has_begun);
        let length = bytes.get(start..start + 4)?;
        let length =
            start + usize::try_from(u32::from_be_bytes(length.try_into().unwrap())).unwrap();
        let body = bytes.get(start + 4..length)?;
        if !self.has_begun {
            self.has_begun = body.starts_with(&[0, 3]);
            return Some((length, None));
        }
        let mut texts =
            body.split(|byte| *byte == 0).map(|it| String::from_utf8_lossy(it).into_owned());
        let mut text = || texts.next().unwrap_or_default();
        let asked = match bytes[0] {
            b'P' => {
                let name = text();
                self.prepared.insert(name, text());
                None
            }
            b'B' => {
                text();
                self.prepared.get(&text()).cloned()
            }
            b'Q' => Some(text()),
            _ => None,
        };
        Some((length, asked))
    }
}
