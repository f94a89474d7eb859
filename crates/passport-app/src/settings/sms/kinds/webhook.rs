use passport_sms_client::{Webhook, webhook::Settings};

use super::{
    super::table::{Calls, Table},
    GatewayKind, any_clock,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let url = table.needed_secret("url");
    let secrets = table.secrets("secrets");
    table.need("secrets", secrets.first());
    let mut settings = Settings::new(url, "");
    settings.secrets = secrets;
    settings.receipt_secrets = table.secrets("receipt_secrets");
    settings.templates = table.optional_templates();
    settings.https = table.https(Calls::Joined);
    table.check(|| Webhook::new(settings.clone(), any_clock()));
    GatewayKind::Webhook(Box::new(settings))
}
