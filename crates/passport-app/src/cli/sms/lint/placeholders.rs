//! The templates of the gateways, and what fills their placeholders.

use passport_sms_client::{Template, Templates};
use serde_json::{Value, json};

use super::super::super::table::table;
use crate::{settings::GatewayKind, sms::Gateways};

/// A template of a gateway.
pub(super) struct Filled<'a> {
    gateway: &'a str,
    template: &'a Template,
}

impl<'a> Filled<'a> {
    /// The templates of all gateways; one that serves several messages is listed once.
    pub(super) fn of(gateways: &'a Gateways) -> Vec<Self> {
        let mut all: Vec<Self> = Vec::new();
        for gateway in &gateways.all {
            let GatewayKind::Hosted(account) = &gateway.settings.kind else { continue };
            let name = gateway.settings.name.as_str();
            for template in account.templates().into_iter().flat_map(Templates::iter) {
                if !all.iter().any(|it| it.gateway == name && it.template == template) {
                    all.push(Self { gateway: name, template });
                }
            }
        }
        all
    }

    fn placeholders(&self) -> Vec<&str> {
        let parameters = self.template.parameters.iter();
        parameters.map(|parameter| self.template.name_of(*parameter)).collect()
    }

    pub(super) fn as_json(&self) -> Value {
        let (gateway, id) = (self.gateway, &self.template.id);
        json!({ "gateway": gateway, "template": id, "placeholders": self.placeholders() })
    }
}

/// A table, or nothing if no gateway has templates.
pub(super) fn as_text(all: &[Filled<'_>]) -> Option<String> {
    let rows = all.iter().map(|it| {
        let placeholders = it.placeholders();
        let count = match placeholders.len() {
            0 => "no placeholder".to_owned(),
            1 => "1 placeholder".to_owned(),
            count => format!("{count} placeholders"),
        };
        [format!("  {}", it.gateway), it.template.id.clone(), count, placeholders.join(", ")]
    });
    let rows = table(&rows.collect::<Vec<_>>());
    (!all.is_empty()).then(|| {
        format!(
            "Templates. Compare them with the gateway's console: most gateways refuse a message if a \
             template has another number of placeholders. Correct them with template_parameters:\n{rows}"
        )
    })
}
