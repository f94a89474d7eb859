use passport_sms_client::sns::Settings;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let id = table.needed("access_key_id");
    let key = table.needed_secret("secret_access_key");
    let mut settings = Settings::new(id, key, table.text("region", "us-east-1"));
    settings.session_token = table.optional_secret("session_token");
    settings.sender_id = table.optional("sender_id");
    // The host of the region, unless it is said otherwise.
    settings.endpoint = table.endpoint(&settings.endpoint);
    settings.https = table.https(Calls::Single);
    table.check(settings.faults());
    GatewayKind::Sns(Box::new(settings))
}
