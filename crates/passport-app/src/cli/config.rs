use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::{
    load::load,
    output::{Outcome, print},
};
use crate::{
    settings::{Remark, Settings, SettingsError, Shown, ShownValue},
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
    /// List all errors and warnings in the settings; exit with 1 if there is an error
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Print all settings, secrets masked, and the origin of each value
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Show),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Also print the errors and warnings as JSON
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
    let (faults, warnings) = match &checked {
        Ok(settings) => (&[][..], settings.warnings.as_slice()),
        Err(SettingsError { faults, warnings }) => (faults.as_slice(), warnings.as_slice()),
    };
    if json {
        let list = |remarks: &[Remark]| remarks.iter().map(remark_as_json).collect::<Vec<_>>();
        print(&json!({ "faults": list(faults), "warnings": list(warnings) }).to_string())?;
    } else if faults.is_empty() {
        print(&match warnings.len() {
            0 => "The settings are good.".to_owned(),
            1 => "The settings have no errors, and 1 warning.".to_owned(),
            count => format!("The settings have no errors, and {count} warnings."),
        })?;
    }
    for warning in warnings {
        eprintln!("passport: warning: {warning}");
    }
    Ok(checked.map(drop)?)
}

fn remark_as_json(remark: &Remark) -> Value {
    let Remark { key, value, origin, text } = remark;
    json!({ "key": key, "value": value, "origin": origin, "text": text })
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
