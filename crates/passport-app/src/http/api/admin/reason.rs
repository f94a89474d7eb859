use passport_auth::Operator;
use passport_user::{Reason, UserId};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::extract::{FieldFault, invalid};

/// A body that has a reason at most.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OperatorsReason)]
pub(in crate::http::api) struct ReasonBody {
    /// Reason for the audit log: one line of at most 200 characters, without a phone number.
    pub(super) reason: Option<String>,
}

/// The operator with the reason of the body.
pub(super) fn because(operator: Operator, reason: Option<String>) -> Result<Operator, FieldFault> {
    let reason = reason.map(|text| text.parse::<Reason>().map_err(|_| invalid("reason")));
    Ok(Operator { reason: reason.transpose()?, ..operator })
}

/// The user of a path.
pub(super) fn user(id: Uuid) -> UserId {
    UserId::from_uuid(id)
}
