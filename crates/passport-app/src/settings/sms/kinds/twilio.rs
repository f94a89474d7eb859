use passport_sms_client::twilio::{Credentials, Sender, Settings};
use secrecy::SecretString;

use super::{
    super::table::{Calls, Table},
    GatewayKind,
};

pub(super) fn read(table: &mut Table<'_>) -> GatewayKind {
    let account = table.needed("account_sid");
    let (credentials, callback_token) = credentials(table);
    let mut settings = Settings::new(account, credentials, sender(table));
    settings.callback_token = callback_token;
    settings.endpoint = table.endpoint(Settings::PRODUCTION);
    settings.https = table.https(Calls::Single);
    table.check(settings.faults());
    GatewayKind::Twilio(Box::new(settings))
}

/// The account's token, or an API key; beside that the token is for receipts, which it signs.
fn credentials(table: &mut Table<'_>) -> (Credentials, Option<SecretString>) {
    let token = table.optional_secret("auth_token");
    let sid = table.optional("api_key_sid");
    let secret = table.optional_secret("api_key_secret");
    if let Some(sid) = sid {
        table.need("api_key_secret", secret.as_ref());
        (Credentials::ApiKey { sid, secret: secret.unwrap_or_default() }, token)
    } else {
        table.need("auth_token", token.as_ref());
        (Credentials::AuthToken(token.unwrap_or_default()), None)
    }
}

fn sender(table: &mut Table<'_>) -> Sender {
    let from = table.optional("from");
    let Some(service) = table.optional("messaging_service_sid") else {
        table.need("from", from.as_ref());
        return Sender::From(from.unwrap_or_default());
    };
    if from.is_some() {
        let (from, service) = (table.key("from"), table.key("messaging_service_sid"));
        table.reader.fault(format!("{from} and {service} are both set: choose one"));
    }
    Sender::MessagingService(service)
}
