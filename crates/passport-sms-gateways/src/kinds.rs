use crate::Account;
use crate::settings::Fields;

/// A kind of gateway.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Kind {
    /// Name in settings: lower case, and never changed.
    pub name: &'static str,
    /// Reads the settings of an account at such a gateway.
    pub read: fn(&mut dyn Fields) -> Box<dyn Account>,
}

impl Kind {
    /// The kind with that name, whose accounts have settings of type `A`; also for gateways outside of
    /// this crate.
    pub const fn of<A: Account>(name: &'static str) -> Self {
        Self { name, read: |fields| Box::new(A::read(fields)) }
    }

    /// The kind with that name.
    pub fn named(name: &str) -> Option<Self> {
        KINDS.iter().copied().find(|kind| kind.name == name)
    }
}

/// Every kind that this build has, in the order of their names.
pub const KINDS: &[Kind] = &[
    #[cfg(feature = "aliyun")]
    Kind::of::<crate::aliyun::Settings>("aliyun"),
    #[cfg(feature = "aliyun-pnvs")]
    Kind::of::<crate::aliyun_pnvs::Settings>("aliyun_pnvs"),
    #[cfg(feature = "custom-http")]
    Kind::of::<crate::custom_http::Settings>("custom_http"),
    #[cfg(feature = "huawei")]
    Kind::of::<crate::huawei::Settings>("huawei"),
    #[cfg(feature = "sns")]
    Kind::of::<crate::sns::Settings>("sns"),
    #[cfg(feature = "tencent")]
    Kind::of::<crate::tencent::Settings>("tencent"),
    #[cfg(feature = "twilio")]
    Kind::of::<crate::twilio::Settings>("twilio"),
    #[cfg(feature = "vonage")]
    Kind::of::<crate::vonage::Settings>("vonage"),
    #[cfg(feature = "webhook")]
    Kind::of::<crate::webhook::Settings>("webhook"),
    #[cfg(feature = "yuntongxun")]
    Kind::of::<crate::yuntongxun::Settings>("yuntongxun"),
];
