//! Numbers of sessions as both databases store them. Those of newer versions can be read.

use passport_session::{Device, DeviceKind, Methods};

use crate::failure::Failure;

pub(crate) fn stored_epoch(number: i64) -> Result<u32, Failure> {
    u32::try_from(number).map_err(|error| Failure::Row(error.into()))
}

/// The bits of the methods; the sixteenth is the sign.
pub(crate) fn methods_number(methods: Methods) -> i16 {
    methods.bits().cast_signed()
}

pub(crate) fn methods(number: i16) -> Methods {
    Methods::from_bits(number.cast_unsigned())
}

pub(crate) fn kind_number(kind: DeviceKind) -> i16 {
    kind.number().into()
}

pub(crate) fn device(browser: &str, system: &str, kind: i16) -> Device {
    let kind = u8::try_from(kind).map(DeviceKind::from_number).unwrap_or_default();
    Device::new(browser, system, kind)
}
