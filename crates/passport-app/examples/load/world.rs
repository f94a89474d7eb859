//! Stores that are filled, and the servers behind them.

use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::{
    arguments::{Arguments, Stores},
    column::Column,
    fill::{Filling, fill_database, fill_sessions},
    machine::{Layout, machine, pin},
    outcome::Outcome,
    process::Process,
    servers::{Postgres, Redis},
    service::{Places, migrate},
};

/// What filled stores are made from.
pub(crate) struct Site {
    pub(crate) layout: Layout,
    /// What the figures depend on.
    pub(crate) machine: String,
    pub(crate) binary: PathBuf,
    folder: TempDir,
    postgres: Option<Postgres>,
    has_redis: bool,
    external: Option<(String, String)>,
}

/// Filled stores of one column.
pub(crate) struct World {
    pub(crate) column: Column,
    /// Number of users with a session, and of messages.
    pub(crate) people: usize,
    /// With sessions in the database.
    pub(crate) places: Places,
    /// With sessions in Redis, if there is one.
    pub(crate) with_redis: Option<Places>,
    /// Time that the filling took.
    pub(crate) filled_in: Duration,
    _redis: Option<Redis>,
}

impl Site {
    /// Starts the servers that all worlds share.
    pub(crate) fn new(arguments: &Arguments) -> Outcome<Self> {
        let layout = Layout::of_this_machine()?;
        let machine = machine();
        let binary = arguments.binary()?;
        let folder = match &arguments.folder {
            Some(folder) => tempfile::tempdir_in(folder)?,
            None => tempfile::tempdir()?,
        };
        open_to_all(folder.path())?;
        let external = arguments.database.clone().zip(arguments.store.clone());
        let needs_servers = arguments.stores != Stores::Sqlite && external.is_none();
        let postgres = needs_servers
            .then(|| Postgres::start(&folder.path().join("postgres"), &layout.one))
            .transpose()?;
        Ok(Self { layout, machine, binary, folder, postgres, has_redis: needs_servers, external })
    }

    /// Folder of the data.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Whether a second, larger world can be made in `column`.
    pub(crate) fn has_room_for_two(&self, column: Column) -> bool {
        column == Column::Sqlite || self.external.is_none()
    }

    /// Makes and fills the stores of `column` for `people`.
    pub(crate) async fn world(&self, column: Column, people: usize) -> Outcome<World> {
        let name = format!("{}_{people}", format!("{column:?}").to_lowercase());
        eprintln!("{}: filling tables for {people} people", column.name());
        let begun = Instant::now();
        let redis = match (&self.external, column) {
            (Some(_), Column::Servers) => None,
            _ if !self.has_redis => None,
            _ => {
                Some(Redis::start(&self.folder().join(format!("redis_{name}")), &self.layout.one)?)
            }
        };
        let redis_url = redis.as_ref().map(Redis::url);
        let processes: Vec<Process> = redis.iter().map(Redis::process).collect();
        let sessions = "database";
        let places = match (column, &self.external, &self.postgres) {
            (Column::Sqlite, ..) => {
                let database = format!("sqlite:{}/{name}.db", self.folder().display());
                let store = "database".to_owned();
                Places { database, store, sessions, processes: Vec::new() }
            }
            (Column::Servers, Some((database, store)), _) => {
                let (database, store) = (database.clone(), store.clone());
                Places { database, store, sessions, processes: Vec::new() }
            }
            (Column::Servers, None, Some(postgres)) => {
                let database = postgres.create_database(&name).await?;
                let store = redis_url.clone().ok_or("Redis was not started")?;
                let processes = processes.iter().copied().chain([postgres.process()]).collect();
                Places { database, store, sessions, processes }
            }
            (Column::Servers, None, None) => return Err("PostgreSQL was not started".into()),
        };
        let with_redis = self.with_redis(column, &places, redis_url, &processes);
        migrate(&self.binary, &places)?;
        let filling = Filling::new(people)?;
        fill_database(&filling, &places.database).await?;
        if let Some(places) = &with_redis {
            fill_sessions(&filling, &places.store).await?;
        }
        let filled_in = begun.elapsed();
        eprintln!("{}: filled in {:.1} s", column.name(), filled_in.as_secs_f64());
        Ok(World { column, people, places, with_redis, filled_in, _redis: redis })
    }

    fn with_redis(
        &self,
        column: Column,
        places: &Places,
        own: Option<String>,
        own_processes: &[Process],
    ) -> Option<Places> {
        let store = match (column, &self.external) {
            (Column::Servers, Some((_, store))) => store.clone(),
            _ => own?,
        };
        let processes = match column {
            Column::Sqlite => own_processes.to_vec(),
            Column::Servers => places.processes.clone(),
        };
        Some(Places { store, sessions: "store", processes, ..places.clone() })
    }

    /// Places the load and `stores` for rows with one worker.
    pub(crate) fn pin_for_one(&self, stores: &[Process]) -> Outcome {
        pin_all(stores, &self.layout.one)?;
        pin(Process::own(), &self.layout.load)
    }

    /// Places the load and `stores` for one worker that two are compared with.
    pub(crate) fn pin_for_half(&self, stores: &[Process]) -> Outcome {
        pin_all(stores, &self.layout.one)?;
        pin(Process::own(), &self.layout.load_beside_half)
    }

    /// Places the load and `stores` for rows with two workers.
    pub(crate) fn pin_for_two(&self, stores: &[Process]) -> Outcome {
        pin_all(stores, &self.layout.two)?;
        pin(Process::own(), &self.layout.load_beside_two)
    }
}

/// Pins each process and those that it started.
fn pin_all(processes: &[Process], cores: &String) -> Outcome {
    for process in processes {
        pin(*process, cores)?;
        for child in process.children() {
            // A process of PostgreSQL may have ended since.
            let _ = pin(child, cores);
        }
    }
    Ok(())
}

/// The user postgres has to reach its data in the folder.
fn open_to_all(folder: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    Ok(std::fs::set_permissions(folder, PermissionsExt::from_mode(0o711))?)
}
