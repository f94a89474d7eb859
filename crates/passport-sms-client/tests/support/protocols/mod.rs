pub(crate) mod aliyun;
pub(crate) mod huawei;
pub(crate) mod sns;
pub(crate) mod tencent;
pub(crate) mod twilio;
pub(crate) mod vonage;
pub(crate) mod webhook;
pub(crate) mod yuntongxun;

pub(crate) use aliyun::Aliyun;
pub(crate) use huawei::Huawei;
pub(crate) use sns::Sns;
pub(crate) use tencent::Tencent;
pub(crate) use twilio::Twilio;
pub(crate) use vonage::Vonage;
pub(crate) use webhook::Webhook;
pub(crate) use yuntongxun::Yuntongxun;
