use std::path::Path;

use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::Outcome;
use crate::settings::{Settings, Shown, ShownValue};

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Name every fault in the settings; exit with 1 if there is one
    Check,
    /// Print what is set, secrets masked, and where each value is from
    Show(Show),
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
        let (_, shown) = Settings::load_shown(file)?;
        match self {
            Self::Check => println!("The settings are good."),
            Self::Show(Show { json: true }) => println!("{:#}", as_json(&shown)),
            Self::Show(Show { json: false }) => print!("{}", as_table(&shown)),
        }
        Ok(())
    }
}

fn as_table(shown: &[Shown]) -> String {
    let rows = shown.iter().map(|it| (it.key.as_str(), text(&it.value), it.origin.as_str()));
    let rows: Vec<_> = rows.collect();
    let width = |of: fn(&(&str, String, &str)) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let (keys, values) = (width(|row| row.0.len()), width(|row| row.1.len()));
    rows.iter().fold(String::new(), |table, (key, value, origin)| {
        table + &format!("{key:keys$}  {value:values$}  {origin}\n")
    })
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
