//! The protocol of each gateway, in the order of their names.

pub(crate) mod aliyun;
pub(crate) mod aliyun_pnvs;
pub(crate) mod custom_http;
pub(crate) mod huawei;
pub(crate) mod sns;
pub(crate) mod tencent;
pub(crate) mod twilio;
pub(crate) mod vonage;
pub(crate) mod webhook;
pub(crate) mod yuntongxun;

use std::sync::Arc;

use crate::support::protocol::Protocol;

/// Calls the macro `$then` once for each protocol, with a name, an expression and `$arguments`.
macro_rules! with_protocols {
    ($then:ident; $($arguments:tt)*) => {
        $then!(@one aliyun, aliyun::Aliyun { in_form: false }; $($arguments)*);
        $then!(@one aliyun_in_form, aliyun::Aliyun { in_form: true }; $($arguments)*);
        $then!(@one aliyun_pnvs, aliyun_pnvs::AliyunPnvs; $($arguments)*);
        $then!(@one custom_http, custom_http::Described; $($arguments)*);
        $then!(@one huawei, huawei::Huawei; $($arguments)*);
        $then!(@one sns, sns::Sns; $($arguments)*);
        $then!(@one tencent, tencent::Tencent; $($arguments)*);
        $then!(@one twilio, twilio::Twilio; $($arguments)*);
        $then!(@one vonage, vonage::Vonage; $($arguments)*);
        $then!(@one webhook, webhook::Webhook; $($arguments)*);
        $then!(@one yuntongxun, yuntongxun::Yuntongxun; $($arguments)*);
    };
}
pub(crate) use with_protocols;

/// Every protocol by the name of its tests.
pub(crate) fn all() -> Vec<(&'static str, Arc<dyn Protocol>)> {
    macro_rules! push {
        (@one $name:ident, $protocol:expr; $all:ident) => {
            let protocol: Arc<dyn Protocol> = Arc::new($protocol);
            $all.push((stringify!($name), protocol));
        };
    }
    let mut all = Vec::new();
    with_protocols!(push; all);
    all
}
