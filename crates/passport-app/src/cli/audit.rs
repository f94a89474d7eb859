mod events;
mod purge;

use std::{io, path::Path, time::Duration};

use actix_web::rt::time::sleep;
use clap::{Args, Subcommand};
use passport_auth::{AuditQuery, UserReference};
use passport_user::{EventKind, PhoneNumber};
use time::OffsetDateTime;

use super::{
    operator::{self, Usage, find, phone, user_reference},
    output::{Outcome, print},
    printable::{json_document, json_line},
    times::moment,
};
use crate::operations::{EventView, MOST_EVENTS, Operations};

/// Pause between two looks for new events.
const POLL_EVERY: Duration = Duration::from_secs(1);

pub(super) const EXAMPLES: &str = "\
Examples:
  passport audit --user 13800138000
  passport audit --kind session.begun --since 1h
  passport audit --since 2026-11-29T12:00:00Z --until 2026-11-29T13:00:00Z --limit 1000 --json
  passport audit --follow --json | jq -r .kind
  passport audit purge --before 184d

Events are printed oldest first, the newest --limit ones. --user shows what happened to an account,
--mobile also what was tried with its number before and after. With --follow new events are printed as
they are written, each one once; an event has the time at which its act began, so that times are not in
order, and one that is written more than five minutes later is not shown. docs/logging.md lists the kinds.";

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct Audit {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    read: Read,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Delete old events
    Purge(purge::Purge),
}

#[derive(Debug, Args)]
struct Read {
    /// Events about this user: id or phone number
    #[arg(long, value_parser = user_reference)]
    user: Option<UserReference>,
    /// Events about this phone number, whether or not it has an account
    #[arg(long, value_name = "NUMBER", value_parser = phone)]
    mobile: Option<PhoneNumber>,
    /// Events of this kind, such as user.disabled
    #[arg(long, value_parser = kind)]
    kind: Option<EventKind>,
    /// Events from this time on: a duration before now, or a time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    since: Option<OffsetDateTime>,
    /// Events before this time
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<OffsetDateTime>,
    /// Most events that are printed [default: 100]
    #[arg(long, value_name = "N", conflicts_with = "follow",
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: Option<u32>,
    /// Print new events until the command is stopped
    #[arg(long, conflicts_with = "until")]
    follow: bool,
    /// Print JSON: an array, or with --follow a line for each event
    #[arg(long)]
    json: bool,
}

fn kind(text: &str) -> Result<EventKind, String> {
    EventKind::from_name(text).ok_or_else(|| {
        let names: Vec<_> = EventKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("must be one of {}", names.join(", "))
    })
}

impl Audit {
    /// `passport audit`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self.command {
            Some(Command::Purge(command)) => command.run(file),
            None => self.read.run(file),
        }
    }
}

impl Read {
    fn run(self, file: Option<&Path>) -> Outcome {
        if let (Some(since), Some(until)) = (self.since, self.until)
            && since >= until
        {
            return Err(Usage("--since must be before --until".to_owned()).into());
        }
        operator::run(file, async |operations, _| {
            let query = self.query(operations).await?;
            if self.follow {
                return self.follow(operations, &query).await;
            }
            let events = self.newest(operations, &query).await?;
            Ok(print(&if self.json {
                json_document(&events)?
            } else if events.is_empty() {
                "No event.".to_owned()
            } else {
                events.iter().map(events::line).collect::<Vec<_>>().join("\n")
            })?)
        })
    }

    async fn query(
        &self,
        operations: &Operations,
    ) -> Result<AuditQuery, Box<dyn std::error::Error>> {
        let user = match &self.user {
            None => None,
            // The events of a deleted user stay.
            Some(UserReference::Id(id)) => Some(*id),
            Some(reference) => Some(find(operations, reference).await?.id),
        };
        let Self { mobile, kind, since, until, .. } = self;
        Ok(AuditQuery { user, phone: mobile.clone(), kind: *kind, since: *since, until: *until })
    }

    /// The newest events, oldest first.
    async fn newest(
        &self,
        operations: &Operations,
        query: &AuditQuery,
    ) -> Result<Vec<EventView>, Box<dyn std::error::Error>> {
        let limit = self.limit.unwrap_or(100) as usize;
        let (mut events, mut before) = (Vec::new(), None);
        while events.len() < limit {
            let left = u32::try_from(limit - events.len()).unwrap_or(MOST_EVENTS);
            let page = left.min(MOST_EVENTS);
            let read = operations.audit.read(query, before, page).await?;
            before = read.last().map(|event| event.id);
            let is_last = read.len() < page as usize;
            events.extend(read.iter().map(EventView::from));
            if is_last {
                break;
            }
        }
        events.reverse();
        Ok(events)
    }

    async fn follow(&self, operations: &Operations, query: &AuditQuery) -> Outcome {
        let mut follow = operations.audit.follow(query);
        let mut is_down = false;
        loop {
            match follow.next().await {
                Ok(events) => {
                    is_down = false;
                    for event in events {
                        let view = EventView::from(&event);
                        let line = if self.json { json_line(&view)? } else { events::line(&view) };
                        match events::write_line(&line) {
                            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                                return Ok(());
                            }
                            written => written?,
                        }
                    }
                }
                Err(_) if is_down => {}
                Err(error) => {
                    is_down = true;
                    eprintln!("passport: {error}; events follow when it answers again");
                }
            }
            sleep(POLL_EVERY).await;
        }
    }
}
