use std::{error::Error, fmt, net::IpAddr, sync::Arc, time::Duration};

use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use tokio_postgres::{
    Client, Config, NoTls, Socket,
    config::Host,
    error::SqlState,
    tls::{MakeTlsConnect, TlsConnect, TlsStream},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls;
use crate::{DatabaseError, location::PostgresUrl};

/// Connects to one PostgreSQL database.
#[derive(Clone)]
pub(super) struct Server {
    config: Arc<Config>,
    tls: Option<MakeRustlsConnect>,
    timeout: Duration,
}

impl Server {
    pub(super) fn new(url: &PostgresUrl, timeout: Duration) -> Result<Self, DatabaseError> {
        // The parser's message could quote a password that was not percent-encoded.
        let mut config: Config = url.url.parse().map_err(|_| {
            DatabaseError::Url(
                "it should look like `postgres://user:password@host:port/name`, with special \
                 characters in the password percent-encoded"
                    .to_owned(),
            )
        })?;
        if config.get_hosts().is_empty() {
            return Err(DatabaseError::Url("it names no host".to_owned()));
        }
        if config.get_application_name().is_none() {
            config.application_name("passport");
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(timeout);
        }
        if config.get_tcp_user_timeout().is_none() {
            config.tcp_user_timeout(timeout);
        }
        let tls = url.tls.then(|| tls::connector(url.root_certificate.as_deref())).transpose()?;
        Ok(Self { config: Arc::new(config), tls, timeout })
    }

    /// Sets `statement_timeout`, so that the server cancels a query, waiting for locks included, whose
    /// caller has timed out. A lower value that is set in the URL, for the user or for the database
    /// stays.
    pub(super) async fn limit(
        &self,
        connection: &mut AsyncPgConnection,
    ) -> Result<(), DatabaseError> {
        // Zero means no limit, and the maximum of PostgreSQL is 24 days.
        let millis = self.timeout.as_millis().clamp(1, i32::MAX as u128);
        let limiting = format!(
            "SELECT set_config('statement_timeout', '{millis}', false) \
             WHERE (SELECT setting::integer FROM pg_settings WHERE name = 'statement_timeout') \
                 NOT BETWEEN 1 AND {millis}"
        );
        match tokio::time::timeout(self.timeout, connection.batch_execute(&limiting)).await {
            Ok(limited) => limited.map_err(|error| self.unreachable(error)),
            Err(elapsed) => Err(self.unreachable(elapsed)),
        }
    }

    /// Connects within the timeout.
    pub(super) async fn connect(&self) -> Result<AsyncPgConnection, DatabaseError> {
        let connecting = async {
            match self.tls.clone() {
                Some(tls) => self.connect_with(tls).await,
                None => self.connect_with(NoTls).await,
            }
        };
        match tokio::time::timeout(self.timeout, connecting).await {
            Ok(connected) => connected,
            Err(elapsed) => Err(self.unreachable(elapsed)),
        }
    }

    async fn connect_with<T>(&self, tls: T) -> Result<AsyncPgConnection, DatabaseError>
    where
        T: MakeTlsConnect<Socket, Stream: TlsStream + Unpin + Send + 'static>,
        T::TlsConnect: TlsConnect<Socket, Stream = T::Stream>,
    {
        let (client, connection): (Client, tokio_postgres::Connection<Socket, T::Stream>) =
            self.config.connect(tls).await.map_err(|error| self.refusal(error))?;
        AsyncPgConnection::try_from_client_and_connection(client, connection)
            .await
            .map_err(|error| self.unreachable(error))
    }

    pub(super) fn unreachable(
        &self,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> DatabaseError {
        DatabaseError::Unreachable { address: self.address(), source: source.into() }
    }

    /// Maps an error of the driver to the error that tells the operator what to do.
    fn refusal(&self, error: tokio_postgres::Error) -> DatabaseError {
        let address = self.address();
        let user = self.config.get_user().unwrap_or_default().to_owned();
        let is = |code: &SqlState| error.code() == Some(code);
        if is(&SqlState::INVALID_PASSWORD)
            || is(&SqlState::INVALID_AUTHORIZATION_SPECIFICATION)
            || (error.code().is_none() && lacks_password(&error))
        {
            DatabaseError::Denied { address, user, source: error.into() }
        } else if is(&SqlState::INVALID_CATALOG_NAME) {
            let name = self.config.get_dbname().unwrap_or(&user).to_owned();
            DatabaseError::NoDatabase { address, name, source: error.into() }
        } else if error.to_string().starts_with("error performing TLS handshake") {
            DatabaseError::Tls { address, source: error.into() }
        } else {
            self.unreachable(error)
        }
    }

    pub(super) fn unencrypted_host(&self) -> Option<String> {
        let is_here = |name: &str| {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        };
        let other = |host: &Host| match host {
            Host::Tcp(name) => Some(name.clone()).filter(|name| !is_here(name)),
            #[cfg(unix)]
            Host::Unix(_) => None,
        };
        self.config.get_hosts().iter().find_map(other).filter(|_| self.tls.is_none())
    }

    /// Hosts and ports of the URL, which may name several.
    fn address(&self) -> String {
        let ports = self.config.get_ports();
        let hosts = self.config.get_hosts().iter().enumerate().map(|(at, host)| {
            let port = ports.get(at).or(ports.first()).copied().unwrap_or(5432);
            match host {
                Host::Tcp(name) => format!("{name}:{port}"),
                #[cfg(unix)]
                Host::Unix(directory) => format!("{} (port {port})", directory.display()),
            }
        });
        hosts.collect::<Vec<_>>().join(", ")
    }
}

fn lacks_password(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(|cause| cause.to_string() == "password missing")
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Server").field(&self.address()).finish()
    }
}
