use passport_sms_client::tencent::Settings;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let id = table.needed("secret_id");
    let key = table.needed_secret("secret_key");
    let app = table.needed("sdk_app_id");
    let mut settings = Settings::new(id, key, app, table.templates());
    settings.sign_name = table.optional("sign_name");
    settings.region = table.text("region", "ap-guangzhou");
    settings.endpoint = table.endpoint(Settings::PRODUCTION);
    settings.https = table.https(Calls::Single);
    table.check(settings.faults());
    GatewayKind::Tencent(Box::new(settings))
}
