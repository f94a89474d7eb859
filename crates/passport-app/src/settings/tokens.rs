use std::time::Duration;

use passport_token::Algorithm;

use super::reader::Reader;

/// Access tokens for services that verify them.
#[derive(Debug, Clone, Copy)]
pub struct TokenSettings {
    /// `tokens.lifetime`
    pub lifetime: Duration,
    /// `tokens.algorithm`: that of new keys.
    pub algorithm: Algorithm,
}

impl TokenSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            lifetime: reader.duration("tokens.lifetime", "10m", "30s"..="10m"),
            algorithm: reader.read(
                "tokens.algorithm",
                "eddsa",
                "eddsa or es256",
                |text| match text {
                    "eddsa" => Some(Algorithm::EdDsa),
                    "es256" => Some(Algorithm::Es256),
                    _ => None,
                },
            ),
        }
    }
}
