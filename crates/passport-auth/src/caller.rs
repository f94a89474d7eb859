use std::net::IpAddr;

use passport_session::Device;

use crate::{ClientAddress, Locale};

/// The client that sends a request: as limits count it, and as events and sessions show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Address as limits count it.
    pub client: ClientAddress,
    /// Address as it was seen.
    pub address: IpAddr,
    /// Device, as far as the request describes it.
    pub device: Device,
    /// Id of the request, as the log has it.
    pub request_id: Option<String>,
    /// Language of messages that the request causes.
    pub locale: Locale,
}

/// A caller of whom only the address is known.
impl From<IpAddr> for Caller {
    fn from(address: IpAddr) -> Self {
        Self {
            client: address.into(),
            address: address.to_canonical(),
            device: Device::default(),
            request_id: None,
            locale: Locale::default(),
        }
    }
}

/// A caller of whom only the address as limits count it is known.
impl From<ClientAddress> for Caller {
    fn from(client: ClientAddress) -> Self {
        Self { client, ..Self::from(client.address()) }
    }
}
