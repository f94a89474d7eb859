use std::{path::Path, time::Instant};

use actix_web::rt::System;
use clap::Args;
use passport_bridges::outcome_name;
use passport_codes::Code;
use passport_sms_client::{
    Intent, Locale, Message, OneTimeCode, Outcome as Sent, Purpose, Recipient, Rejection, Report,
    Visit,
};
use passport_user::PhoneNumber;
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{super::table::table, choice::one_of, gateways::gateways};
use crate::{
    cli::{
        load::load,
        output::{Outcome, print},
    },
    settings::Settings,
    telemetry,
};

const EXAMPLES: &str = "\
Examples:
  passport sms test --to +8613800138000
  passport sms test --to 13800138000 --gateway china --locale en
  passport sms test --to +85251234567 --json | jq '.visits[].provider_id'

Sends a real, billed message. The code cannot be used.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Test {
    /// Number that receives the message
    #[arg(long, value_name = "NUMBER")]
    to: PhoneNumber,
    /// Gateway to use alone, whatever its countries [default: the choice of the service]
    #[arg(long, value_name = "NAME")]
    gateway: Option<String>,
    /// Language of the message
    #[arg(long, default_value = "zh-Hans", value_parser = locale)]
    locale: Locale,
    /// Purpose named in the message
    #[arg(long, default_value = "register", value_parser = purpose)]
    purpose: Purpose,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Test {
    /// `passport sms test`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let mut settings = load(file)?;
        let _flush = telemetry::init(&settings.log)?;
        if let Some(name) = &self.gateway {
            let names: Vec<_> = settings.sms.gateways.iter().map(|it| it.name.clone()).collect();
            settings.sms.gateways.retain(|gateway| gateway.name == *name);
            let Some(gateway) = settings.sms.gateways.first_mut() else {
                let names = names.join(", ");
                return Err(format!("--gateway is {name:?}, but must be {names}").into());
            };
            gateway.destinations.clear();
        }
        let message = self.message(&settings)?;
        let (gateways, ..) = gateways(&settings)?;
        let router = gateways.router(&settings.sms)?;
        let start = Instant::now();
        let report = System::new().block_on(router.route(&message));
        let milliseconds = start.elapsed().as_millis();

        let code = message.intent.code().map(OneTimeCode::expose).unwrap_or_default();
        print(&if self.json {
            format!("{:#}", self.as_json(code, &report, milliseconds))
        } else {
            self.as_table(code, &report, milliseconds)
        })?;
        conclusion(&report.outcome)
    }

    /// A message with a random code that is not stored.
    fn message(&self, settings: &Settings) -> Result<Message, Box<dyn std::error::Error>> {
        let code = Code::numeric(settings.sms_code.length, &mut rand::rng());
        Ok(Message {
            id: Uuid::new_v4(),
            to: self.to.as_e164().parse::<Recipient>()?,
            intent: Intent::Code {
                purpose: self.purpose,
                code: code.expose().parse::<OneTimeCode>()?,
                valid_for: settings.sms_code.policy.ttl(),
            },
            locale: self.locale,
        })
    }

    fn as_table(&self, code: &str, report: &Report, milliseconds: u128) -> String {
        let (purpose, locale) = (self.purpose.as_str(), self.locale.as_str());
        let row = |key: &str, value: String| [key.to_owned(), value];
        let mut rows = vec![
            row("to", self.to.as_e164().to_owned()),
            row(
                "code",
                format!("{code} for {purpose}, in {locale}: a test code, which cannot be used"),
            ),
        ];
        rows.extend(report.visits.iter().map(|visit| {
            let took = visit.took.as_millis();
            row(&visit.gateway, format!("{}, {took} ms", describe(&visit.outcome)))
        }));
        let outcome = outcome_name(&report.outcome);
        rows.push(row("outcome", format!("{outcome}, {milliseconds} ms")));
        table(&rows)
    }

    fn as_json(&self, code: &str, report: &Report, milliseconds: u128) -> Value {
        json!({
            "to": self.to.as_e164(),
            "code": code,
            "purpose": self.purpose.as_str(),
            "locale": self.locale.as_str(),
            "outcome": outcome_name(&report.outcome),
            "gateway": report.sent_by(),
            "milliseconds": milliseconds,
            "visits": report.visits.iter().map(as_json).collect::<Vec<_>>(),
        })
    }
}

fn as_json(visit: &Visit) -> Value {
    let mut json = json!({
        "gateway": visit.gateway,
        "outcome": outcome_name(&visit.outcome),
        "milliseconds": visit.took.as_millis(),
    });
    match &visit.outcome {
        Sent::Accepted { provider_id, bill } => {
            json["provider_id"] = json!(provider_id);
            json["price"] = json!(bill.price.map(|price| price.to_string()));
            json["parts"] = json!(bill.parts);
        }
        Sent::Rejected(Rejection { class, code, text, until, .. }) => {
            json["class"] = json!(format!("{class:?}"));
            json["code"] = json!(code);
            json["text"] = json!(text);
            json["until"] = json!(until.and_then(|until| until.format(&Rfc3339).ok()));
        }
        Sent::NotSent(cause) | Sent::Unknown(cause) => {
            json["cause"] = json!(causes(cause));
        }
        Sent::Duplicate => {}
    }
    json
}

fn describe(outcome: &Sent) -> String {
    let name = outcome_name(outcome);
    match outcome {
        Sent::Accepted { provider_id: Some(id), .. } => format!("{name} as {id}"),
        Sent::Accepted { provider_id: None, .. } | Sent::Duplicate => name.to_owned(),
        Sent::Rejected(Rejection { class, code, text, .. }) => {
            format!("{name} as {class:?}: {code} {text}")
        }
        Sent::NotSent(cause) | Sent::Unknown(cause) => format!("{name}: {}", causes(cause)),
    }
}

/// The error with its causes.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn conclusion(outcome: &Sent) -> Outcome {
    match outcome {
        Sent::Accepted { .. } | Sent::Duplicate => Ok(()),
        Sent::Unknown(_) => Err("the message may arrive, or not".into()),
        Sent::NotSent(_) | Sent::Rejected(_) => Err("the message was not sent".into()),
    }
}

fn locale(text: &str) -> Result<Locale, String> {
    one_of(text, &Locale::ALL, Locale::as_str)
}

fn purpose(text: &str) -> Result<Purpose, String> {
    one_of(text, &Purpose::ALL, Purpose::as_str)
}
