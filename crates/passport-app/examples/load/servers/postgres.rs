use std::{
    fs,
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use rustix::process::{Signal, getuid};
use tokio_postgres::{Client, Connection, NoTls, Socket, tls::NoTlsStream};

use super::{
    daemon::{Daemon, free_port},
    programs::postgres_program,
};
use crate::{machine::Cores, outcome::Outcome, process::Process};

/// Settings besides those that place it. It is durable as PostgreSQL is by default; memory and the room for
/// the log are what an operator gives a server of this size.
const SETTINGS: [&str; 6] = [
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=512MB",
    "max_wal_size=4GB",
    "max_connections=200",
];

/// A PostgreSQL server.
#[derive(Debug)]
pub(crate) struct Postgres {
    daemon: Daemon,
    port: u16,
}

impl Postgres {
    /// Starts a server with data in `folder`, which must not exist, on `cores`.
    pub(crate) fn start(folder: &Path, cores: &Cores) -> Outcome<Self> {
        let owner = Owner::find()?;
        fs::create_dir(folder)?;
        owner.own(folder)?;
        let data = folder.join("data");
        let mut command = owner.command(postgres_program("initdb")?);
        command.arg("--pgdata").arg(&data).args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
        ]);
        let output = command.current_dir(folder).output()?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(format!("initdb failed: {said}").into());
        }
        let port = free_port()?;
        let mut command = Command::new("taskset");
        owner.act_as(&mut command);
        command.args(["-c", cores]).arg(postgres_program("postgres")?).arg("-D").arg(&data);
        command.args(["-p", &port.to_string(), "-c", "listen_addresses=127.0.0.1"]);
        command.args(["-c", "unix_socket_directories="]);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        // An immediate end: the data is deleted.
        let log = folder.join("log");
        let mut daemon = Daemon::start(command.current_dir(folder), &log, Signal::QUIT)?;
        let failed = |error| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            format!("PostgreSQL did not start: {error}\n{said}")
        };
        daemon.wait_for(port).map_err(failed)?;
        Ok(Self { daemon, port })
    }

    /// URL of a new, empty database.
    pub(crate) async fn create_database(&self, name: &str) -> Outcome<String> {
        let server = format!("postgres://postgres@127.0.0.1:{}/postgres", self.port);
        let (client, connection) = connect(&server).await?;
        let connection = tokio::spawn(connection);
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        drop(client);
        connection.await??;
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    pub(crate) fn process(&self) -> Process {
        self.daemon.process()
    }
}

/// Connects; waits while the server starts up, which it does for a moment behind an open port.
async fn connect(url: &str) -> Outcome<(Client, Connection<Socket, NoTlsStream>)> {
    let begun = Instant::now();
    loop {
        match tokio_postgres::connect(url, NoTls).await {
            Ok(connected) => return Ok(connected),
            Err(error) if begun.elapsed() > Duration::from_secs(10) => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
}

/// The user that the server runs as, because PostgreSQL does not run as root.
struct Owner(Option<(u32, u32)>);

impl Owner {
    fn find() -> Outcome<Self> {
        if !getuid().is_root() {
            return Ok(Self(None));
        }
        let users = fs::read_to_string("/etc/passwd")?;
        let ids = ids_of("postgres", &users);
        let missing = "PostgreSQL does not run as root: create a user postgres, or run this command as \
                       another user";
        Ok(Self(Some(ids.ok_or(missing)?)))
    }

    fn own(&self, folder: &Path) -> Outcome {
        let Some((user, group)) = self.0 else { return Ok(()) };
        Ok(chown(folder, Some(user), Some(group))?)
    }

    fn command(&self, program: PathBuf) -> Command {
        let mut command = Command::new(program);
        self.act_as(&mut command);
        command
    }

    fn act_as(&self, command: &mut Command) {
        if let Some((user, group)) = self.0 {
            command.uid(user).gid(group);
        }
    }
}

/// Ids of the user `name` and its group in the text of `/etc/passwd`.
fn ids_of(name: &str, users: &str) -> Option<(u32, u32)> {
    let mut fields = users.lines().map(|line| line.split(':'));
    let mut found = fields.find(|fields| fields.clone().next() == Some(name))?.skip(2);
    Some((found.next()?.parse().ok()?, found.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_is_found_by_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\npostgres:x:103:106:PG:/var:/bin/bash\n";
        assert_eq!(ids_of("postgres", users), Some((103, 106)));
        assert_eq!(ids_of("post", users), None);
    }
}
