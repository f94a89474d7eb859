use crate::{
    WiringError,
    settings::{Origin, Secrets, Settings},
    sms::Gateways,
    wiring,
};

/// The gateways as the service uses them.
pub(super) fn gateways(settings: &Settings) -> Result<(Gateways, Secrets, Origin), WiringError> {
    let origin = settings.http.origin(settings.http.listen);
    let secrets = wiring::secrets(settings)?;
    let gateways = Gateways::new(&settings.sms, &origin, &secrets.receipt_key())?;
    Ok((gateways, secrets, origin))
}
