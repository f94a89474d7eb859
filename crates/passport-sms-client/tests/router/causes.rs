//! What the outcome says of a failure.

use std::time::Duration;

use passport_sms_client::{Cause, InDoubt, Outcome};

use crate::double::{Double, Fault, Kind};
use crate::{message, policy, router};

/// A gateway that is tried several times and never answers was not interrupted.
#[tokio::test(start_paused = true)]
async fn s10_a_timeout_is_called_a_timeout() {
    for in_doubt in [InDoubt::PreferDelivery, InDoubt::PreferSingle] {
        for kind in [Kind::Idempotent, Kind::Queryable, Kind::Neither] {
            for count in [1, 2] {
                let names = ["first", "second"];
                let slow = Fault::Slow(Duration::from_mins(1));
                let doubles = names.map(|name| Double::new(name, kind).unresponsive());
                for double in &doubles {
                    double.always(slow);
                }
                let used: Vec<_> = doubles.iter().take(count).collect();
                let report = router(&used, policy(in_doubt)).route(&message()).await;
                for outcome in report.visits.iter().map(|it| &it.outcome).chain([&report.outcome]) {
                    let Outcome::Unknown(cause @ Cause::TimedOutAfter(after)) = outcome else {
                        panic!("{kind:?} {count}: {report:?}")
                    };
                    assert!(*after >= Duration::from_secs(1), "{report:?}");
                    assert!(
                        cause.to_string().starts_with("request to the gateway timed out after ")
                    );
                }
            }
        }
    }
}
