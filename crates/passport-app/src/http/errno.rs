/// Error code of the original API; `/api/v1` repeats it as the member `errno` of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum Errno {
    Ok,
    DbErr,
    NoData,
    DataExist,
    DataErr,
    SessionErr,
    ParamErr,
    ReqErr,
    ThirdErr,
    ServerErr,
}

impl Errno {
    /// The code as both APIs write it.
    pub(in crate::http) const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "0",
            Self::DbErr => "4001",
            Self::NoData => "4002",
            Self::DataExist => "4003",
            Self::DataErr => "4004",
            Self::SessionErr => "4101",
            Self::ParamErr => "4103",
            Self::ReqErr => "4201",
            Self::ThirdErr => "4301",
            Self::ServerErr => "4500",
        }
    }
}
