use super::reader::Reader;

/// What applications are told of a person by the proxy that asks at `/forward-auth`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ForwardAuthSettings {
    /// `forward_auth.nick_name`
    pub nick_name: bool,
    /// `forward_auth.mobile`
    pub mobile: bool,
}

impl ForwardAuthSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            nick_name: reader.flag("forward_auth.nick_name", false),
            mobile: reader.flag("forward_auth.mobile", false),
        }
    }
}
