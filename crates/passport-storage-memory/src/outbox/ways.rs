use passport_sms_client::{AttemptStatus, Way, Which};
use uuid::Uuid;

use super::{Record, Try};

/// Attempts that may have delivered the message `which`.
pub(super) fn ways<'a>(
    records: impl Iterator<Item = (&'a Uuid, &'a Record)>,
    which: Which<'_>,
) -> Vec<Way> {
    let mut ways = Vec::new();
    for (id, record) in records {
        let is_meant = |it: &&Try| match which {
            Which::Message(message) => *id == message && may_arrive(it.attempt.status),
            Which::Accepted { gateway, provider_id } => {
                it.attempt.gateway == gateway
                    && it.provider_id.as_deref() == Some(provider_id)
                    && it.attempt.status == AttemptStatus::Accepted
            }
        };
        ways.extend(
            record.tries.iter().filter(is_meant).map(|it| Way {
                gateway: it.attempt.gateway.clone(),
                country: record.entry.country,
            }),
        );
    }
    ways
}

pub(super) fn may_arrive(status: AttemptStatus) -> bool {
    matches!(status, AttemptStatus::InDoubt | AttemptStatus::Accepted)
}
