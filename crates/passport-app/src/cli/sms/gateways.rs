use crate::{
    WiringError,
    settings::{MasterSecret, Origin, Settings},
    sms::Gateways,
    wiring,
};

/// The gateways as the service uses them.
pub(super) fn gateways(
    settings: &Settings,
) -> Result<(Gateways, MasterSecret, Origin), WiringError> {
    let origin = settings.http.origin(settings.http.listen);
    let secret = wiring::secret(settings)?;
    let gateways = Gateways::new(&settings.sms, &origin, &secret.receipt_key())?;
    Ok((gateways, secret, origin))
}
