use passport_sms_client::webhook::Settings;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
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
    table.check(settings.faults());
    GatewayKind::Webhook(Box::new(settings))
}
