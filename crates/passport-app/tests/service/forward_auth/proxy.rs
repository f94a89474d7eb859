//! Real proxies, with the examples of `deploy/` as their configuration.

use std::{
    env, fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
    time::Duration,
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use uuid::Uuid;

use super::message::{Head, read_body, read_head};

/// A proxy that asks at `/forward-auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Nginx,
    Caddy,
    Traefik,
    Envoy,
}

/// A running proxy. It is killed when dropped.
pub(super) struct Proxy {
    pub(super) kind: Kind,
    address: SocketAddr,
    process: Child,
    folder: TempDir,
}

/// An answer of a proxy.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: Head,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// Whether the application has answered.
    pub(super) fn is_of_app(&self) -> bool {
        self.head.field("x-reached").is_some()
    }
}

impl Kind {
    pub(super) const ALL: [Self; 4] = [Self::Nginx, Self::Caddy, Self::Traefik, Self::Envoy];

    /// Folder of the example.
    fn example(self) -> PathBuf {
        let folder = match self {
            Self::Nginx => "nginx",
            Self::Caddy => "caddy",
            Self::Traefik => "traefik",
            Self::Envoy => "envoy",
        };
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(folder)
    }

    fn binary(self) -> PathBuf {
        let (variable, example) = match self {
            Self::Nginx => ("PASSPORT_TEST_NGINX", "/usr/sbin/nginx"),
            Self::Caddy => ("PASSPORT_TEST_CADDY", "/usr/bin/caddy"),
            Self::Traefik => ("PASSPORT_TEST_TRAEFIK", "/usr/bin/traefik"),
            Self::Envoy => ("PASSPORT_TEST_ENVOY", "/usr/bin/envoy"),
        };
        let path = env::var_os(variable).filter(|path| !path.is_empty());
        path.map_or_else(
            || {
                panic!(
                    "{variable} is not set: set it to the path of the program, such as {example}, or run \
                     ./check, which installs it"
                )
            },
            PathBuf::from,
        )
    }

    /// Texts of the example that depend on the machine, and what stands for them here.
    fn machine(self, port: u16, inner: u16) -> Vec<(String, String)> {
        let pair = |from: &str, to: String| (from.to_owned(), to);
        match self {
            Self::Nginx => vec![
                pair("listen 443 ssl", format!("listen 127.0.0.1:{port} ssl")),
                // Folders that every user can write.
                pair(
                    "\tssl_certificate /",
                    "\taccess_log off;\n\tclient_body_temp_path body;\n\tproxy_temp_path proxy;\n\
                     \tfastcgi_temp_path fastcgi;\n\tuwsgi_temp_path uwsgi;\n\tscgi_temp_path scgi;\n\
                     \tssl_certificate /"
                        .to_owned(),
                ),
            ],
            Self::Caddy => {
                let site = |host: &str| {
                    let tls = "tls /etc/ssl/example.org.pem /etc/ssl/example.org.key";
                    pair(
                        &format!("\n{host} {{"),
                        format!("\nhttps://{host}:{port} {{\n\tbind 127.0.0.1\n\t{tls}"),
                    )
                };
                vec![
                    site("auth.example.org"),
                    site("app.example.org"),
                    pair("\tadmin off", "\tadmin off\n\tauto_https disable_redirects".to_owned()),
                ]
            }
            Self::Traefik => vec![
                pair("\":443\"", format!("\"127.0.0.1:{port}\"")),
                pair("127.0.0.1:8081", format!("127.0.0.1:{inner}")),
            ],
            Self::Envoy => {
                vec![pair(
                    "{ address: 0.0.0.0, port_value: 443 }",
                    format!("{{ address: 127.0.0.1, port_value: {port} }}"),
                )]
            }
        }
    }

    /// Addresses of servers, as the example writes them.
    fn server(self, name: &str, own: u16, address: SocketAddr) -> (String, String) {
        match self {
            Self::Envoy => (
                format!("{{ address: {name}, port_value: {own} }}"),
                format!("{{ address: 127.0.0.1, port_value: {} }}", address.port()),
            ),
            _ => (format!("{name}:{own}"), address.to_string()),
        }
    }

    fn command(self, folder: &Path) -> Command {
        let mut command = Command::new(self.binary());
        match self {
            Self::Nginx => command
                .args(["-e", "stderr", "-c", "nginx.conf", "-p"])
                .arg(folder)
                .args(["-g", "daemon off; master_process off; pid nginx.pid;"]),
            Self::Caddy => command.args(["run", "--adapter", "caddyfile", "--config", "Caddyfile"]),
            Self::Traefik => command.arg("--configFile=traefik.yml"),
            Self::Envoy => command.args([
                "-c",
                "envoy.yaml",
                "--concurrency",
                "1",
                "--use-dynamic-base-id",
                "--log-level",
                "warning",
            ]),
        };
        command.current_dir(folder).env_clear();
        command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        command
    }
}

impl Proxy {
    /// Starts a proxy with its example, in front of two nodes at `nodes` and of `app`.
    pub(super) async fn start(kind: Kind, nodes: [SocketAddr; 2], app: SocketAddr) -> Self {
        Self::start_with(kind, nodes, app, &[]).await
    }

    /// As [`start`](Self::start), with further texts of the example replaced.
    pub(super) async fn start_with(
        kind: Kind,
        nodes: [SocketAddr; 2],
        app: SocketAddr,
        changes: &[(&str, &str)],
    ) -> Self {
        for _ in 0..5 {
            if let Some(proxy) = Self::try_start(kind, nodes, app, changes).await {
                return proxy;
            }
        }
        panic!("{kind:?} does not start");
    }

    async fn try_start(
        kind: Kind,
        nodes: [SocketAddr; 2],
        app: SocketAddr,
        changes: &[(&str, &str)],
    ) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let (port, inner) = (free_port(), free_port());
        let mut texts = kind.machine(port, inner);
        texts.extend([
            kind.server("passport-1", 8080, nodes[0]),
            kind.server("passport-2", 8080, nodes[1]),
            kind.server("app", 3000, app),
        ]);
        let (pem, key) = certificate(folder.path());
        texts.push(("/etc/ssl/example.org.pem".to_owned(), pem));
        texts.push(("/etc/ssl/example.org.key".to_owned(), key));
        texts.extend(changes.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())));
        configure(&kind.example(), folder.path(), &texts);
        let log = fs::File::create(folder.path().join("log")).unwrap();
        let mut command = kind.command(folder.path());
        command.stdout(log.try_clone().unwrap()).stderr(log).stdin(Stdio::null());
        let process = command.kill_on_drop(true).spawn().expect("the proxy runs");
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        let mut proxy = Self { kind, address, process, folder };
        let ready = "GET /healthz HTTP/1.1\r\nHost: auth.example.org\r\nConnection: close\r\n\r\n";
        for _ in 0..400 {
            if proxy.process.try_wait().unwrap().is_some() {
                eprintln!("{kind:?} ended:\n{}", proxy.log());
                return None;
            }
            let answer = proxy.try_ask(ready.as_bytes()).await;
            if answer.is_some_and(|answer| answer.status == 200) {
                return Some(proxy);
            }
            sleep(Duration::from_millis(25)).await;
        }
        panic!("{kind:?} is not ready:\n{}", proxy.log());
    }

    pub(super) fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// A connection of a client, inside of TLS.
    pub(super) async fn connect(&self) -> Option<TlsStream<TcpStream>> {
        let socket = TcpStream::connect(self.address).await.ok()?;
        let name = ServerName::try_from("app.example.org").unwrap();
        TlsConnector::from(Arc::new(client())).connect(name, socket).await.ok()
    }

    /// The answer to the bytes of a request, which should have `Connection: close`.
    pub(super) async fn ask(&self, request: impl AsRef<[u8]>) -> Answer {
        let request = request.as_ref();
        let answer = timeout(Duration::from_secs(30), self.try_ask(request)).await;
        let answer = answer.unwrap_or_else(|_| panic!("{:?} hangs:\n{}", self.kind, self.log()));
        answer.unwrap_or_else(|| {
            let shown = String::from_utf8_lossy(&request[..request.len().min(2000)]).into_owned();
            panic!("{:?} does not answer {shown}\n{}", self.kind, self.log())
        })
    }

    pub(super) async fn try_ask(&self, request: &[u8]) -> Option<Answer> {
        let mut stream = self.connect().await?;
        // A refusal may come before the body is read.
        let _ = stream.write_all(request).await;
        let mut buffer = Vec::new();
        let head = read_head(&mut stream, &mut buffer).await?;
        let status = head.line.split(' ').nth(1)?.parse().ok()?;
        let has_body = !request.starts_with(b"HEAD ") && status != 101;
        let body = if has_body {
            read_body(&mut stream, &mut buffer, &head, false).await?
        } else {
            Vec::new()
        };
        Some(Answer { status, head, body })
    }

    /// Opens a WebSocket by `handshake`, and sends bytes there and back.
    pub(super) async fn is_echoed(&self, handshake: &str, bytes: &[u8]) -> bool {
        let mut stream = self.connect().await.unwrap();
        stream.write_all(handshake.as_bytes()).await.unwrap();
        let mut buffer = Vec::new();
        let head = read_head(&mut stream, &mut buffer).await.unwrap();
        assert!(head.line.contains(" 101 "), "{:?}: {head:?}\n{}", self.kind, self.log());
        stream.write_all(bytes).await.unwrap();
        while buffer.len() < bytes.len() {
            let reading = stream.read_buf(&mut buffer);
            let count = timeout(Duration::from_secs(10), reading).await.unwrap().unwrap();
            assert!(count > 0, "{:?} closes the socket", self.kind);
        }
        buffer == bytes
    }
}

/// Writes the files of an example with `texts` replaced, each of which has to occur.
fn configure(example: &Path, folder: &Path, texts: &[(String, String)]) {
    let files = fs::read_dir(example).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<_> = files
        .map(|path| {
            let name = path.file_name().unwrap().to_owned();
            (name, fs::read_to_string(&path).unwrap())
        })
        .collect();
    for (from, to) in texts {
        assert!(files.iter().any(|(_, text)| text.contains(from)), "the example has no {from}");
        for (_, text) in &mut files {
            *text = text.replace(from, to);
        }
    }
    for (name, text) in files {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// A port below the ephemeral ones, which no connection takes meanwhile.
fn free_port() -> u16 {
    loop {
        let port = 20_000 + u16::try_from(Uuid::new_v4().as_u128() % 12_000).unwrap();
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

/// Paths of a certificate and of its key.
fn certificate(folder: &Path) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let names = ["auth.example.org", "app.example.org"].map(str::to_owned);
    let certificate = CertificateParams::new(names).unwrap().self_signed(&key).unwrap();
    let (pem, own) = (folder.join("own.pem"), folder.join("own.key"));
    fs::write(&pem, certificate.pem()).unwrap();
    fs::write(&own, key.serialize_pem()).unwrap();
    (pem.to_str().unwrap().to_owned(), own.to_str().unwrap().to_owned())
}

/// A client that accepts every certificate.
fn client() -> ClientConfig {
    ClientConfig::builder()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth()
}

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}
