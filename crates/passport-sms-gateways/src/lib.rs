#![doc = include_str!("../README.md")]

#[cfg(feature = "aliyun")]
pub mod aliyun;
#[cfg(feature = "aliyun-pnvs")]
pub mod aliyun_pnvs;
#[cfg(feature = "custom-http")]
pub mod custom_http;
#[cfg(feature = "sender")]
mod env;
#[cfg(test)]
mod fixtures;
#[cfg(feature = "huawei")]
pub mod huawei;
mod kinds;
pub mod kit;
mod settings;
mod site;
#[cfg(feature = "sns")]
pub mod sns;
#[cfg(feature = "tencent")]
pub mod tencent;
#[cfg(feature = "twilio")]
pub mod twilio;
#[cfg(feature = "vonage")]
pub mod vonage;
#[cfg(feature = "webhook")]
pub mod webhook;
#[cfg(feature = "yuntongxun")]
pub mod yuntongxun;

#[cfg(feature = "aliyun")]
pub use crate::aliyun::Aliyun;
#[cfg(feature = "aliyun-pnvs")]
pub use crate::aliyun_pnvs::AliyunPnvs;
#[cfg(feature = "custom-http")]
pub use crate::custom_http::CustomHttp;
#[cfg(feature = "sender")]
pub use crate::env::{EnvError, from_env, from_env_at};
#[cfg(feature = "huawei")]
pub use crate::huawei::Huawei;
pub use crate::kinds::{KINDS, Kind};
pub use crate::settings::{Account, Calls, Fields, HttpsSettings};
pub use crate::site::Site;
#[cfg(feature = "sns")]
pub use crate::sns::Sns;
#[cfg(feature = "tencent")]
pub use crate::tencent::Tencent;
#[cfg(feature = "twilio")]
pub use crate::twilio::Twilio;
#[cfg(feature = "vonage")]
pub use crate::vonage::Vonage;
#[cfg(feature = "webhook")]
pub use crate::webhook::Webhook;
#[cfg(feature = "yuntongxun")]
pub use crate::yuntongxun::Yuntongxun;
#[cfg(feature = "sender")]
pub use passport_sms_client::{Custom, InDoubt, Outcome, Purpose, Report, Sender};
