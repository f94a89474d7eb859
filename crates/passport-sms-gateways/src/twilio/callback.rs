//! Status callbacks and their signatures.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, Mac};
use passport_sms_client::{Delivery, Pushed, Receipt, ReceiptError};
use secrecy::ExposeSecret;
use sha1::Sha1;
use sha2::{Digest, Sha256};

use crate::kit::mac::{hmac_sha256, keyed};
use crate::kit::verdict::usable_id;
use crate::twilio::Settings;

/// Whether the callback comes from Twilio.
pub(super) fn verify(pushed: &Pushed<'_>, settings: &Settings) -> Result<(), ReceiptError> {
    let signature = pushed.header("x-twilio-signature").ok_or(ReceiptError::Unsigned)?;
    let signature = BASE64_STANDARD.decode(signature).map_err(|_| ReceiptError::Unsigned)?;
    let check = check(pushed, settings)?;
    let parameters = signed_parameters(pushed)?;
    let holds = urls(pushed.url).iter().any(|url| check(&format!("{url}{parameters}"), &signature));
    if holds { Ok(()) } else { Err(ReceiptError::Forged) }
}

type Check<'a> = Box<dyn Fn(&str, &[u8]) -> bool + 'a>;

/// The check of a signature in constant time: SHA-1 under the account's token, or the scheme that
/// the callback names, if it is known.
fn check<'a>(pushed: &Pushed<'_>, settings: &'a Settings) -> Result<Check<'a>, ReceiptError> {
    let Some(named) = pushed.header("x-twilio-webhooks-signature-settings") else {
        let token = settings.signing_token().ok_or(ReceiptError::Unverifiable)?;
        return Ok(Box::new(move |text, signature| {
            keyed::<Hmac<Sha1>>(token.as_bytes()).chain_update(text).verify_slice(signature).is_ok()
        }));
    };
    let named: BTreeMap<&str, &str> =
        named.split(',').filter_map(|part| part.trim().split_once('=')).collect();
    let key = settings.callback_keys.iter().find(|(id, _)| named.get("key") == Some(&id.as_str()));
    match (named.get("algorithm").copied(), key) {
        (Some("HMAC_SHA256"), Some((_, key))) => Ok(Box::new(move |text, signature| {
            hmac_sha256(key.expose_secret().as_bytes(), text).verify_slice(signature).is_ok()
        })),
        _ => Err(ReceiptError::Forged),
    }
}

/// The signed parameters: sorted, without separators, each distinct value once. For a JSON body the
/// URL contains a digest instead, which must be that of the body.
fn signed_parameters(pushed: &Pushed<'_>) -> Result<String, ReceiptError> {
    if pushed.is_json() {
        let query = pushed.url.split_once('?').map_or("", |(_, query)| query);
        let digest = form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "bodySHA256")
            .and_then(|(_, digest)| hex::decode(digest.as_ref()).ok())
            .ok_or(ReceiptError::Unsigned)?;
        let body = Sha256::digest(pushed.body);
        return if body.as_slice() == digest {
            Ok(String::new())
        } else {
            Err(ReceiptError::Forged)
        };
    }
    let pairs: BTreeSet<_> = form_urlencoded::parse(pushed.body).collect();
    Ok(pairs.iter().flat_map(|(name, value)| [name.as_ref(), value.as_ref()]).collect())
}

/// The URL, also with and without an explicit default port.
fn urls(url: &str) -> Vec<String> {
    let mut urls = vec![url.to_owned()];
    for (scheme, port) in [("https://", ":443"), ("http://", ":80")] {
        let Some(rest) = url.strip_prefix(scheme) else { continue };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        if let Some(bare) = authority.strip_suffix(port) {
            urls.push(format!("{scheme}{bare}{rest}"));
        } else if !authority.contains(':') {
            urls.push(format!("{scheme}{authority}{port}{rest}"));
        }
    }
    urls
}

/// The receipt in a verified callback; none if its status belongs to another kind of message.
/// Unknown fields are ignored.
pub(super) fn read(pushed: &Pushed<'_>) -> Result<Vec<Receipt>, ReceiptError> {
    let parameters: BTreeMap<_, _> = if pushed.is_json() {
        let values: BTreeMap<String, serde_json::Value> = serde_json::from_slice(pushed.body)
            .map_err(|_| ReceiptError::Unreadable("its body is not a JSON object"))?;
        let text = |value: serde_json::Value| match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        values.into_iter().map(|(name, value)| (name, text(value))).collect()
    } else {
        form_urlencoded::parse(pushed.body).into_owned().collect()
    };
    let field = |name: &str| parameters.get(name).cloned();
    let provider_id = field("MessageSid")
        .and_then(usable_id)
        .ok_or(ReceiptError::Unreadable("it has no usable MessageSid"))?;
    let status =
        field("MessageStatus").ok_or(ReceiptError::Unreadable("it has no MessageStatus"))?;
    let code = field("ErrorCode").and_then(usable_id).unwrap_or_default();
    let receipt = delivery(&status).map(|delivery| Receipt::new(provider_id, delivery, code));
    Ok(receipt.into_iter().collect())
}

/// The delivery status for a message status; none while the message waits.
pub(super) fn delivery(status: &str) -> Option<Delivery> {
    match status {
        "sent" => Some(Delivery::Sent),
        "delivered" | "read" => Some(Delivery::Delivered),
        "undelivered" | "failed" | "canceled" => Some(Delivery::Undelivered),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
