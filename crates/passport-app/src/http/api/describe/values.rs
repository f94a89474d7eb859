//! Texts in requests and responses, as the document describes them. Their bounds are those of the
//! domain types, which know nothing of the document.

use passport_codes::CodeLength;
use passport_session::{DeviceKind, Method};
use passport_user::{NickName, Password as AnyPassword, PasswordPolicy, TermsVersion};
use serde_json::Value;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        KnownFormat, RefOr, SchemaFormat,
        schema::{Object, ObjectBuilder, Schema, Type},
    },
};

use crate::http::api::names::method_name;

/// Declares a type that stands for a text in the document.
macro_rules! texts {
    ($($(#[doc = $doc:literal])+ $name:ident = $example:literal, $bound:expr;)+) => {
        $(
            $(#[doc = $doc])+
            pub(in crate::http::api) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let bound: fn(ObjectBuilder) -> ObjectBuilder = $bound;
                    let text = Object::builder()
                        .schema_type(Type::String)
                        .description(Some(concat!($($doc, "\n"),+).trim()))
                        .examples([Value::from($example)]);
                    Schema::Object(bound(text).build()).into()
                }
            }

            impl ToSchema for $name {}
        )+
    };
}

/// 16 bytes as base64url without padding: their last character has two bits.
const OF_16_BYTES: &str = "^[A-Za-z0-9_-]{21}[AQgw]$";
/// 32 bytes as base64url without padding: their last character has four bits.
const OF_32_BYTES: &str = "^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$";

texts! {
    /// Phone number in E.164. Numbers of mainland China are accepted without a country code as well.
    Mobile = "13800138000", |text| text
        .pattern(Some("^(?:(?:\\+86|0086)?1[3-9][0-9]{9}|\\+[1-9][0-9]{6,14})$"))
        .max_length(Some(16));
    /// Phone number with its middle masked; in E.164 without a mask in an export.
    MaskedMobile = "138****8000", |text| text.pattern(Some("^\\+?[0-9]+\\**[0-9]{3,}$"));
    /// Name that a person shows to others.
    NickNameText = "Ada", |text| text.min_length(Some(1)).max_length(Some(NickName::MAX_LENGTH));
    /// New password. The settings may ask for more characters, or allow fewer.
    NewPasswordText = "correct horse battery", |text| text
        .format(Some(password()))
        .min_length(Some(PasswordPolicy::LEAST_MIN))
        .max_length(Some(PasswordPolicy::MOST_MAX));
    /// Password of the account.
    PasswordText = "correct horse battery", |text| text
        .format(Some(password()))
        .min_length(Some(1))
        .max_length(Some(AnyPassword::MAX_BYTES));
    /// Id of the request for a code; a code counts only together with it.
    CodeId = "xZ2b0m9QTq2yFjzq0C1dYA", |text| text.pattern(Some(OF_16_BYTES));
    /// Code of a text message.
    CodeText = "012345", |text| text
        .pattern(Some("^[0-9]+$"))
        .min_length(Some(CodeLength::MIN.into()))
        .max_length(Some(CodeLength::MAX.into()));
    /// Id of a challenge.
    ChallengeIdText = "AQAAAGsq3pUAAAAAr6nyUmsq3rlqX4m0gO0pW2xkYQAB7xKd", |text| text
        .pattern(Some("^[A-Za-z0-9_-]{48}$"));
    /// Text that a picture shows or a sound speaks. Upper and lower case are the same.
    ChallengeAnswer = "abcd2", |text| text.min_length(Some(1)).max_length(Some(32));
    /// Language of the text message: a tag of Chinese or English (RFC 5646).
    LanguageTag = "en", |text| text.pattern(Some("^(?:[zZ][hH]|[eE][nN])(?:-[A-Za-z0-9]{1,8})*$")).max_length(Some(35));
    /// Version of the terms that a person consents to.
    TermsVersionText = "2026-11", |text| text
        .pattern(Some("^[A-Za-z0-9._-]+$"))
        .min_length(Some(1))
        .max_length(Some(TermsVersion::MAX_LENGTH));
    /// Proof of the steps of a sign-in that were done.
    ContinuationText = "b3BhcXVl", |text| text
        .pattern(Some("^[A-Za-z0-9_-]+$"))
        .min_length(Some(1))
        .max_length(Some(128));
    /// Audience of an application: `apps.<name>.audience` of the settings.
    AudienceText = "shop", |text| text
        .pattern(Some("^[!-~]+$"))
        .min_length(Some(1))
        .max_length(Some(255));
    /// Access token: a signed JWT, for `Authorization: Bearer` at the application.
    AccessTokenText = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImsifQ.e30.c2ln", |text| text
        .pattern(Some("^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$"))
        .max_length(Some(passport_token::MAX_TOKEN_LENGTH));
    /// A text that is an access token, or any other.
    SuspectedToken = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSIsImtpZCI6ImsifQ.e30.c2ln", |text| text
        .max_length(Some(passport_token::MAX_TOKEN_LENGTH));
    /// Session token, for `Authorization: Bearer`. It is answered once.
    Token = "vhK1PpPZ2y5JxHmvhlYy8g0vI7oZ4n0y1QpJk8yWm1U", |text| text
        .pattern(Some(OF_32_BYTES));
}

/// Declares a type that stands for one of a few names in the document.
macro_rules! names {
    ($($(#[doc = $doc:literal])+ $name:ident = $values:expr;)+) => {
        $(
            $(#[doc = $doc])+
            pub(in crate::http::api) enum $name {}

            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let name = Object::builder()
                        .schema_type(Type::String)
                        .description(Some(concat!($($doc, "\n"),+).trim()))
                        .enum_values(Some($values));
                    Schema::Object(name.build()).into()
                }
            }

            impl ToSchema for $name {}
        )+
    };
}

names! {
    /// Kind of a proof.
    MethodName = Method::ALL.map(method_name);
    /// Kind of a device.
    DeviceKindName = DeviceKind::ALL.map(DeviceKind::as_str);
    /// Whether an act was done.
    OutcomeName = ["done", "refused"];
    /// Who did an act.
    ActorName = ["you", "operator", "service", "unknown"];
    /// What shows the text of a challenge.
    ChallengeKindName = ["image", "audio"];
    /// How an access token is sent.
    TokenTypeName = ["Bearer"];
    /// What a person does next.
    AfterUndoName = ["reset"];
}

/// `true`
pub(in crate::http::api) enum AlwaysTrue {}

impl PartialSchema for AlwaysTrue {
    fn schema() -> RefOr<Schema> {
        let flag = Object::builder().schema_type(Type::Boolean).enum_values(Some([true]));
        Schema::Object(flag.build()).into()
    }
}

impl ToSchema for AlwaysTrue {}

fn password() -> SchemaFormat {
    SchemaFormat::KnownFormat(KnownFormat::Password)
}
