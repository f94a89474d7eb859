use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    load::load,
    output::{Outcome, print},
};
use crate::{
    settings::{Settings, SettingsError, Shown, ShownValue},
    wiring::URL_CHECKS,
};

pub(super) const EXAMPLES: &str = "\
Examples:
  passport config check
  passport --config /etc/passport.toml config show";

const CHECK_EXAMPLES: &str = "\
Examples:
  passport config check
  passport config check --config /etc/passport.toml --json
  passport config check && systemctl restart passport

Checks the values only: the database and Redis are not contacted.";

const SHOW_EXAMPLES: &str = "\
Examples:
  passport config show
  passport config show | grep -v default$     only settings that differ from the defaults
  passport config show --json | jq '.\"http.listen\".origin'";

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// List all errors in the settings; exit with 1 if there is one
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Print all settings, secrets masked, and the origin of each value
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also print the errors as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Config {
    /// `passport config`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        match self {
            Self::Check(Check { json }) => check(file, json),
            Self::Show(Show { json }) => show(file, json),
        }
    }
}

fn check(file: Option<&Path>, json: bool) -> Outcome {
    let checked = load(file);
    if json {
        let faults = checked.as_ref().err().map(|SettingsError(faults)| faults.as_slice());
        let faults: Vec<_> = faults.unwrap_or_default().iter().map(ToString::to_string).collect();
        print(&json!({ "faults": faults }).to_string())?;
    } else if checked.is_ok() {
        print("The settings are good.")?;
    }
    Ok(checked.map(drop)?)
}

fn show(file: Option<&Path>, json: bool) -> Outcome {
    let (_, shown) = Settings::load_shown(file, &URL_CHECKS)?;
    Ok(print(&if json { format!("{:#}", as_json(&shown)) } else { as_table(&shown) })?)
}

fn as_table(shown: &[Shown]) -> String {
    let rows = shown.iter().map(|it| (it.key.as_str(), text(&it.value), it.origin.as_str()));
    let rows: Vec<_> = rows.collect();
    let width = |of: fn(&(&str, String, &str)) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (keys, values) = (width(|row| row.0.len()), width(|row| row.1.len()));
    let lines =
        rows.iter().map(|(key, value, origin)| format!("{key:keys$}  {value:values$}  {origin}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn text(value: &ShownValue) -> String {
    match value {
        ShownValue::Plain(text) => text.clone(),
        ShownValue::Masked => "***".to_owned(),
        ShownValue::Unset => "-".to_owned(),
    }
}

fn as_json(shown: &[Shown]) -> Value {
    let entry = |it: &Shown| {
        let value = match &it.value {
            ShownValue::Unset => Value::Null,
            value => Value::String(text(value)),
        };
        (it.key.clone(), json!({ "value": value, "origin": it.origin }))
    };
    Value::Object(shown.iter().map(entry).collect::<Map<_, _>>())
}
