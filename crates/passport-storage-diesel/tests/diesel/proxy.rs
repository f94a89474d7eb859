//! Proxy between the adapter and PostgreSQL that can pause, drop answers, close and reopen.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    task::JoinSet,
};
use tokio_postgres::{Config, config::Host};

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    upstream: SocketAddr,
    /// Whether requests are forwarded.
    open: watch::Sender<bool>,
    /// Whether answers are forwarded.
    answers: watch::Sender<bool>,
    /// Number of answers after which a connection is closed.
    left: Arc<AtomicUsize>,
    listening: Option<tokio::task::JoinHandle<()>>,
}

impl Proxy {
    async fn start(upstream: SocketAddr) -> Self {
        let (open, _) = watch::channel(true);
        let (answers, _) = watch::channel(true);
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let left = Arc::new(AtomicUsize::new(usize::MAX));
        let mut proxy = Self { address, upstream, open, answers, left, listening: None };
        proxy.come_back().await;
        proxy
    }

    /// Starts a proxy of the server at `url`; returns it and the URL of the database through it.
    pub(crate) async fn before(url: &str) -> (Self, String) {
        let config: Config = url.parse().unwrap();
        let (Host::Tcp(host), port) = (&config.get_hosts()[0], config.get_ports()[0]) else {
            panic!("the server for tests listens on TCP");
        };
        let upstream: SocketAddr = format!("{host}:{port}").parse().unwrap();
        let proxy = Self::start(upstream).await;
        let url = url.replacen(&upstream.to_string(), &proxy.address.to_string(), 1);
        (proxy, url)
    }

    /// Forwards nothing from now on; connections stay open.
    pub(crate) fn fall_silent(&self) {
        self.open.send_replace(false);
        self.answers.send_replace(false);
    }

    /// Forwards requests and no answers.
    pub(crate) fn swallow_answers(&self) {
        self.answers.send_replace(false);
    }

    /// Forwards this many answers, and closes the connection instead of forwarding the next one.
    pub(crate) fn close_after(&self, answers: usize) {
        self.left.store(answers, Relaxed);
    }

    /// Undoes [`close_after`](Self::close_after) for new connections.
    pub(crate) fn keep_open(&self) {
        self.left.store(usize::MAX, Relaxed);
    }

    pub(crate) fn speak_again(&self) {
        self.open.send_replace(true);
        self.answers.send_replace(true);
    }

    /// Closes every connection and accepts no new ones.
    pub(crate) async fn die(&mut self) {
        let listening = self.listening.take().unwrap();
        listening.abort();
        _ = listening.await;
    }

    pub(crate) async fn come_back(&mut self) {
        let listener = TcpListener::bind(self.address).await.unwrap();
        self.address = listener.local_addr().unwrap();
        let (upstream, open) = (self.upstream, self.open.subscribe());
        let answers = self.answers.subscribe();
        let (left, unlimited) = (Arc::clone(&self.left), Arc::new(AtomicUsize::new(usize::MAX)));
        self.listening = Some(tokio::spawn(async move {
            let mut streams = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(upstream).await.unwrap();
                let (client_read, client_write) = client.into_split();
                let (server_read, server_write) = server.into_split();
                streams.spawn(pass(
                    client_read,
                    server_write,
                    open.clone(),
                    Arc::clone(&unlimited),
                ));
                streams.spawn(pass(server_read, client_write, answers.clone(), Arc::clone(&left)));
            }
        }));
    }
}

async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut open: watch::Receiver<bool>,
    left: Arc<AtomicUsize>,
) {
    let mut buffer = vec![0; 8_192];
    while let Ok(length @ 1..) = from.read(&mut buffer).await {
        let take = |left: usize| match left {
            usize::MAX => Some(left),
            left => left.checked_sub(1),
        };
        if left.fetch_update(Relaxed, Relaxed, take).is_err()
            || open.wait_for(|open| *open).await.is_err()
            || to.write_all(&buffer[..length]).await.is_err()
        {
            return;
        }
    }
}

/// Starts a server that serves each client by `serve`.
pub(crate) async fn server<F>(serve: impl Fn(TcpStream) -> F + Send + Sync + 'static) -> SocketAddr
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    address
}
