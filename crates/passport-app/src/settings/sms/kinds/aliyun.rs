use passport_sms_client::aliyun::{Placement, Settings};

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let id = table.needed("access_key_id");
    let secret = table.needed_secret("access_key_secret");
    let sign_name = table.needed("sign_name");
    let mut settings = Settings::new(id, secret, sign_name, table.templates());
    settings.placement =
        table.choice("placement", &[("query", Placement::Query), ("form", Placement::Form)]);
    settings.endpoint = table.endpoint(Settings::MAINLAND);
    settings.https = table.https(Calls::Single);
    table.check(settings.faults());
    GatewayKind::Aliyun(Box::new(settings))
}
