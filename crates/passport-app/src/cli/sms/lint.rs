mod placeholders;

use std::path::Path;

use clap::Args;
use passport_bridges::TOPICS;
use passport_sms_client::{Receipts, Topic};
use serde_json::{Value, json};

use self::placeholders::Filled;
use super::{super::table::table, choice::one_of, gateways::gateways};
use crate::{
    cli::{
        load::load,
        output::{Outcome, print},
    },
    secrets::ReceiptKey,
    settings::Origin,
    sms::{Gateways, SmsLint, UncoveredMessage},
};

const EXAMPLES: &str = "\
Examples:
  passport sms lint
  passport sms lint --topic register --topic login
  passport sms lint --json | jq -r '.receipts[] | select(.url) | .gateway + \" \" + .url'

The addresses for receipts are secrets, because anyone who knows one can falsify delivery statistics.";

#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Lint {
    /// Topic to check, such as login or new-sign-in [default: the topics that the service sends]
    #[arg(long, value_name = "TOPIC", value_parser = topic)]
    topic: Vec<Topic>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

fn topic(text: &str) -> Result<Topic, String> {
    one_of(text, &Topic::all().collect::<Vec<_>>(), Topic::as_str)
}

/// Address for the receipts of a gateway.
struct Address<'a> {
    gateway: &'a str,
    way: Way,
}

enum Way {
    Open {
        url: String,
        is_signed: bool,
        is_told: bool,
    },
    /// Every receipt is refused until this key is set, because it could not be verified.
    Shut {
        needs: String,
    },
}

impl Lint {
    /// `passport sms lint`
    pub(super) fn run(self, file: Option<&Path>) -> Outcome {
        let settings = load(file)?;
        let (gateways, secrets, origin) = gateways(&settings)?;
        let is_default = self.topic.is_empty();
        let topics = if is_default { &TOPICS[..] } else { &self.topic };
        let lint = SmsLint::of(&settings, &gateways, topics);
        let addresses = addresses(&gateways, &secrets.receipt_key(), &origin);
        let templates = Filled::of(&gateways);
        print(&if self.json {
            format!("{:#}", as_json(&lint, &addresses, &templates))
        } else {
            as_text(&lint, &addresses, &templates)
        })?;
        // Topics that are named are meant to be sent.
        let gaps = lint.gaps.iter().filter(|gap| gap.is_required() || !is_default);
        let count = gaps.count() + lint.contradictions.len();
        if count == 0 { Ok(()) } else { Err(format!("{count} faults in [sms]").into()) }
    }
}

fn addresses<'a>(gateways: &'a Gateways, key: &ReceiptKey, origin: &Origin) -> Vec<Address<'a>> {
    let pushing = gateways.all.iter().filter_map(|gateway| {
        let name = gateway.settings.name.as_str();
        let way = match gateway.client.capabilities().receipts {
            Receipts::None => return None,
            Receipts::Pushed { needs: Some(missing), .. } => {
                Way::Shut { needs: format!("sms.{name}.{missing}") }
            }
            Receipts::Pushed { signed, told, needs: None } => {
                Way::Open { url: key.url(origin, name), is_signed: signed, is_told: told }
            }
        };
        Some(Address { gateway: name, way })
    });
    pushing.collect()
}

fn as_text(lint: &SmsLint, addresses: &[Address<'_>], templates: &[Filled<'_>]) -> String {
    let mut sections = Vec::new();
    let (required, others): (Vec<_>, Vec<_>) = lint.gaps.iter().partition(|it| it.is_required());
    if !required.is_empty() {
        sections.push(gap_table(&required));
    }
    if !others.is_empty() {
        let rows = gap_table(&others);
        sections.push(format!("Not required at the start, and not sent:\n{rows}"));
    }
    if !lint.contradictions.is_empty() {
        let lines = lint.contradictions.iter().map(|line| format!("  {line}"));
        sections.push(lines.collect::<Vec<_>>().join("\n"));
    }
    if lint.gaps.is_empty() && lint.contradictions.is_empty() {
        sections.push("Every message has a gateway.".to_owned());
    }
    sections.extend(placeholders::as_text(templates));
    if !addresses.is_empty() {
        let rows = addresses.iter().map(|Address { gateway, way }| {
            let [signed, told, url] = match way {
                Way::Open { url, is_signed, is_told } => [
                    if *is_signed { "signed" } else { "unsigned" }.to_owned(),
                    if *is_told { "sent with each message" } else { "register it at the gateway" }
                        .to_owned(),
                    url.clone(),
                ],
                Way::Shut { needs } => {
                    ["refused".to_owned(), "cannot be verified".to_owned(), format!("set {needs}")]
                }
            };
            [format!("  {gateway}"), signed, told, url]
        });
        let rows = table(&rows.collect::<Vec<_>>());
        sections.push(format!("Addresses for receipts, each a secret:\n{rows}"));
    }
    sections.join("\n\n")
}

fn gap_table(gaps: &[&UncoveredMessage]) -> String {
    let rows = gaps.iter().map(|gap| {
        let (topic, locale) = (gap.topic.as_str(), gap.locale.as_str());
        let country = gap.country.to_string();
        ["  no gateway".to_owned(), topic.to_owned(), locale.to_owned(), country]
    });
    table(&rows.collect::<Vec<_>>())
}

fn as_json(lint: &SmsLint, addresses: &[Address<'_>], templates: &[Filled<'_>]) -> Value {
    let gaps = lint.gaps.iter().map(|gap| {
        json!({
            "topic": gap.topic.as_str(),
            "locale": gap.locale.as_str(),
            "country": gap.country.as_str(),
            "required": gap.is_required(),
        })
    });
    let receipts = addresses.iter().map(|Address { gateway, way }| match way {
        Way::Open { url, is_signed, is_told } => json!({
            "gateway": gateway,
            "url": url,
            "signed": is_signed,
            "told_with_each_message": is_told,
        }),
        Way::Shut { needs } => json!({ "gateway": gateway, "url": null, "needs": needs }),
    });
    json!({
        "gaps": gaps.collect::<Vec<_>>(),
        "contradictions": lint.contradictions,
        "receipts": receipts.collect::<Vec<_>>(),
        "templates": templates.iter().map(Filled::as_json).collect::<Vec<_>>(),
    })
}
