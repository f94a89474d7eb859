use passport_sms_client::vonage::Settings;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let key = table.needed("api_key");
    let secret = table.needed_secret("api_secret");
    let mut settings = Settings::new(key, secret, table.needed("from"));
    settings.endpoint = table.endpoint(Settings::PRODUCTION);
    settings.https = table.https(Calls::Single);
    table.check(settings.faults());
    GatewayKind::Vonage(Box::new(settings))
}
