//! Requests with several forms. Handlers read them as one struct with optional members, because that
//! tells the member at fault; the document shows each form.

/// Declares a type that stands for one of several requests.
macro_rules! forms {
    ($(#[doc = $doc:literal])+ $name:ident as $title:literal: $($form:ident),+) => {
        $(#[doc = $doc])+
        enum $name {}

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                use utoipa::{ToSchema, openapi::{Ref, schema::{OneOfBuilder, Schema}}};
                let forms = OneOfBuilder::new().description(Some(concat!($($doc, "\n"),+).trim()));
                let forms = forms$(.item(Ref::from_schema_name($form::name())))+;
                Schema::OneOf(forms.build()).into()
            }
        }

        impl utoipa::ToSchema for $name {
            fn name() -> std::borrow::Cow<'static, str> {
                $title.into()
            }

            fn schemas(
                schemas: &mut Vec<(
                    String,
                    utoipa::openapi::RefOr<utoipa::openapi::schema::Schema>,
                )>,
            ) {
                use utoipa::PartialSchema;
                $(
                    schemas.push(($form::name().into_owned(), $form::schema()));
                    $form::schemas(schemas);
                )+
            }
        }
    };
}
pub(in crate::http::api) use forms;
