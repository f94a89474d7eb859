use passport_sms_client::yuntongxun::Settings;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let account_sid = table.needed("account_sid");
    let auth_token = table.needed_secret("auth_token");
    let app_id = table.needed("app_id");
    let mut settings = Settings::new(account_sid, auth_token, app_id, table.templates());
    settings.request_id = table.flag("request_id", true);
    settings.endpoint = table.endpoint(Settings::PRODUCTION);
    let calls = if settings.request_id { Calls::Joined } else { Calls::Single };
    settings.https = table.https(calls);
    table.check(settings.faults());
    GatewayKind::Yuntongxun(Box::new(settings))
}
