//! A small HTTP/1.1 client with keep-alive, which costs less than the server under load.

use std::{
    cell::Cell,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    figures::Measured, outcome::Outcome, polling::Polling, process::Process, reply::Reply,
    request::Request,
};

/// Connections of the load, where a row does not say otherwise. Limits do as much at a time.
pub(crate) const LANES: usize = 32;

/// A server under load.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) address: SocketAddr,
    pub(crate) server: Process,
    /// The stores that are processes of their own.
    pub(crate) stores: Vec<Process>,
    /// Whether the load may use its cores all the time. It polls while it waits, if none is the server's too.
    pub(crate) may_poll: bool,
}

/// How long and over how many connections requests are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) lanes: usize,
    pub(crate) time: Duration,
    /// Number of requests after which it ends.
    pub(crate) most: usize,
}

impl Load {
    pub(crate) fn new(lanes: usize, time: Duration) -> Self {
        Self { lanes, time, most: usize::MAX }
    }

    /// As many requests as there are, however long they take.
    pub(crate) fn all(lanes: usize, most: usize) -> Self {
        Self { lanes, time: Duration::MAX, most }
    }

    pub(crate) fn at_most(self, most: usize) -> Self {
        Self { most, ..self }
    }
}

impl Target {
    /// Sends requests; `request` gets a running number from 0.
    pub(crate) async fn drive(
        &self,
        load: Load,
        request: impl Fn(usize) -> Request,
    ) -> Outcome<Measured> {
        self.drive_and_read(load, request, |_, _| Ok(())).await
    }

    /// As [`drive`](Self::drive), and hands each good reply with its number to `read`.
    pub(crate) async fn drive_and_read(
        &self,
        load: Load,
        request: impl Fn(usize) -> Request,
        read: impl Fn(usize, &Reply) -> Outcome,
    ) -> Outcome<Measured> {
        let polls = self.may_poll && Process::own().is_apart_from(self.server);
        let polling = polls.then(Polling::start);
        let (before, threads) = (self.cpu(), self.server.threads());
        let (started, next) = (Instant::now(), Cell::new(0));
        let lanes = (0..load.lanes).map(|_| async {
            let mut connection = Connection::open(self.address).await?;
            let (mut latencies, mut failed, mut refusal) = (Vec::new(), 0, None);
            while started.elapsed() < load.time && next.get() < load.most {
                let n = next.replace(next.get() + 1);
                let request = request(n);
                let sent = Instant::now();
                let reply = connection.exchange(&request).await?;
                latencies.push(sent.elapsed());
                if let Some(polling) = &polling {
                    polling.count_reply();
                }
                if request.is_answered_by(&reply) {
                    read(n, &reply)?;
                } else {
                    failed += 1;
                    refusal.get_or_insert_with(|| reply.shown());
                }
            }
            Outcome::Ok((latencies, failed, refusal))
        });
        let lanes = futures::future::join_all(lanes).await;
        let (time, after) = (started.elapsed(), self.cpu());
        let mut measured = Measured { time, ..Measured::default() };
        for lane in lanes {
            let (latencies, failed, refusal) = lane?;
            measured.failed += failed;
            measured.refusal = measured.refusal.or(refusal);
            measured.latencies.extend(latencies);
        }
        measured.requests = measured.latencies.len();
        measured.latencies.sort_unstable();
        let busiest = self.server.busiest_since(&threads);
        let [server, stores, load] = std::array::from_fn(|i| after[i].saturating_sub(before[i]));
        let stores = (!self.stores.is_empty()).then_some(stores);
        let load = load.saturating_sub(polling.map(|it| it.idle()).unwrap_or_default());
        Ok(Measured { server, busiest, stores, load, ..measured })
    }

    /// Sends one request on a new connection; an error if the reply is not a good one.
    pub(crate) async fn once(&self, request: &Request) -> Outcome<Reply> {
        let reply = Connection::open(self.address).await?.exchange(request).await?;
        if request.is_answered_by(&reply) {
            return Ok(reply);
        }
        let asked = String::from_utf8_lossy(request.bytes());
        let line = asked.lines().next().unwrap_or_default();
        Err(format!("unexpected reply to {line}: {}", reply.shown()).into())
    }

    /// Processor time of server, stores and load so far.
    fn cpu(&self) -> [Duration; 3] {
        let stores = self.stores.iter().map(|store| store.cpu()).sum();
        [self.server.cpu(), stores, Process::own().own_cpu()]
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(8 * 1024) })
    }

    async fn exchange(&mut self, request: &Request) -> Outcome<Reply> {
        self.stream.write_all(request.bytes()).await?;
        self.buffer.clear();
        loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some((reply, _)) = Reply::read(&self.buffer) {
                return Ok(reply);
            }
        }
    }
}
