use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use passport_webhooks::{WebhookSecret, signature};
use serde_json::Value;
use tempfile::TempDir;
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpStream,
};
use tokio_rustls::TlsAcceptor;

use super::{
    gateway::read,
    listening::{listen, tls},
    until,
};

/// Secret of every endpoint, unless a test has its own.
pub(crate) const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// A receiver of webhooks on this machine. Paths tell its endpoints apart.
pub(crate) struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    /// Holds `root.pem`, if the receiver has TLS.
    folder: Option<TempDir>,
}

#[derive(Debug, Default)]
struct State {
    hooks: Vec<Hook>,
    /// By path; 204 for the others.
    responses: BTreeMap<String, Response>,
}

/// What the receiver does with a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Response {
    /// Answers with this status.
    Status(u16),
    /// Answers with this status later.
    Late(Duration, u16),
    /// Redirects to this path of itself.
    Redirect(&'static str),
    /// Sends no answer.
    Never,
}

/// A request that arrived.
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
}

impl Hook {
    pub(crate) fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    pub(crate) fn body(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub(crate) fn event_type(&self) -> String {
        self.body()["type"].as_str().unwrap().to_owned()
    }

    pub(crate) fn data(&self) -> Value {
        self.body()["data"].clone()
    }

    /// Whether the signatures are those of `secrets`.
    pub(crate) fn is_signed_by(&self, secrets: &[&str]) -> bool {
        let secrets: Vec<_> = secrets.iter().map(|it| WebhookSecret::parse(it).unwrap()).collect();
        let timestamp = self.headers["webhook-timestamp"].parse().unwrap();
        let expected = signature(&secrets, self.id(), timestamp, self.text.as_bytes());
        self.headers["webhook-signature"] == expected
    }

    fn parse(request: &str) -> Self {
        let (head, text) = request.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
        let field = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self { path, headers: lines.map(field).collect(), text: text.to_owned() }
    }
}

impl Receiver {
    pub(crate) fn start() -> Self {
        Self::with(None, None)
    }

    pub(crate) fn start_tls() -> Self {
        let (tls, folder) = tls();
        Self::with(Some(tls), Some(folder))
    }

    fn with(tls: Option<TlsAcceptor>, folder: Option<TempDir>) -> Self {
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        let address = listen(move |client| accept(client, tls.clone(), Arc::clone(&shared)));
        Self { address, state, folder }
    }

    /// The settings of `[webhooks.<name>]` for the path `/<name>` of this receiver.
    pub(crate) fn settings(&self, name: &str) -> Vec<(String, String)> {
        let key = |key: &str| format!("webhooks.{name}.{key}");
        let scheme = if self.folder.is_some() { "https" } else { "http" };
        let mut settings = vec![
            (key("url"), format!("{scheme}://{}/{name}", self.address)),
            (key("secret"), WEBHOOK_SECRET.to_owned()),
            (key("allow_private"), "true".to_owned()),
        ];
        settings.extend(
            self.folder.as_ref().map(|folder| {
                (key("root_ca"), folder.path().join("root.pem").display().to_string())
            }),
        );
        settings
    }

    /// Answers requests to `path` in this way from now on.
    pub(crate) fn answer(&self, path: &str, response: Response) {
        self.state.lock().unwrap().responses.insert(path.to_owned(), response);
    }

    /// The requests to `path` so far.
    pub(crate) fn hooks(&self, path: &str) -> Vec<Hook> {
        let state = self.state.lock().unwrap();
        state.hooks.iter().filter(|it| it.path == path).cloned().collect()
    }

    /// The first request to `path` for which `is_meant` holds, once it has arrived.
    pub(crate) async fn wait(&self, path: &str, is_meant: impl Fn(&Hook) -> bool) -> Hook {
        let mut found = None;
        until(&format!("a webhook to {path}"), async || {
            found = self.hooks(path).into_iter().find(&is_meant);
            found.is_some()
        })
        .await;
        found.unwrap()
    }

    /// The first event of this type to `path`, once it has arrived.
    pub(crate) async fn event(&self, path: &str, event_type: &str) -> Hook {
        self.wait(path, |it| it.event_type() == event_type).await
    }
}

async fn accept(client: TcpStream, tls: Option<TlsAcceptor>, state: Arc<Mutex<State>>) {
    match tls {
        None => serve(client, state).await,
        Some(tls) => {
            if let Ok(client) = tls.accept(client).await {
                serve(client, state).await;
            }
        }
    }
}

async fn serve(client: impl AsyncRead + AsyncWrite + Unpin, state: Arc<Mutex<State>>) {
    let mut client = BufReader::new(client);
    while let Some(request) = read(&mut client).await {
        let response = {
            let mut state = state.lock().unwrap();
            let hook = Hook::parse(&request);
            let response = state.responses.get(&hook.path).copied();
            state.hooks.push(hook);
            response.unwrap_or(Response::Status(204))
        };
        let (status, extra) = match response {
            Response::Status(status) => (status, String::new()),
            Response::Late(pause, status) => {
                tokio::time::sleep(pause).await;
                (status, String::new())
            }
            Response::Redirect(path) => (307, format!("Location: {path}\r\n")),
            Response::Never => std::future::pending().await,
        };
        let answer = format!("HTTP/1.1 {status} -\r\nContent-Length: 0\r\n{extra}\r\n");
        if client.write_all(answer.as_bytes()).await.is_err() || client.flush().await.is_err() {
            return;
        }
    }
}
