use passport_sms_client::huawei::Settings;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let key = table.needed("app_key");
    let secret = table.needed_secret("app_secret");
    let channel = table.needed("channel");
    let mut settings = Settings::new(key, secret, channel, table.templates());
    settings.sign_name = table.optional("sign_name");
    settings.endpoint = table.endpoint(Settings::BEIJING);
    settings.https = table.https(Calls::Single);
    table.check(settings.faults());
    GatewayKind::Huawei(Box::new(settings))
}
