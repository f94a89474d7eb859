use passport_auth::{ChallengeObserver, ChallengeStep};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};

/// Counts what happens to challenges.
#[derive(Debug)]
pub(crate) struct ChallengeMeter(Family<Step, Counter>);

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Step {
    kind: &'static str,
    outcome: &'static str,
}

impl ChallengeMeter {
    pub(super) fn registered(registry: &mut Registry) -> Self {
        let meter = Self(Family::default());
        registry.register(
            "challenges",
            "Checks that a visitor is human, by what happened to them",
            meter.0.clone(),
        );
        meter
    }
}

impl ChallengeObserver for ChallengeMeter {
    fn observe(&self, step: ChallengeStep) {
        let outcome = match step {
            ChallengeStep::Issued => "issued",
            ChallengeStep::Drawn => "drawn",
            ChallengeStep::Spoken => "spoken",
            ChallengeStep::Solved => "solved",
            ChallengeStep::Wrong => "wrong",
            ChallengeStep::Missing => "missing",
            ChallengeStep::Denied => "denied",
        };
        self.0.get_or_create(&Step { kind: "captcha", outcome }).inc();
    }
}
