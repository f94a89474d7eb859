use passport_throttle::Charge;

/// Charges of one subject.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) counted: Vec<Charge>,
    pub(super) checked: Vec<Charge>,
}

impl Group {
    fn is_of(&self, charge: &Charge) -> bool {
        self.counted.iter().chain(&self.checked).any(|other| other.subject == charge.subject)
    }
}

/// Charges by subject, in the order of their first appearance: those that are counted, then those that
/// are only checked.
pub(super) fn by_subject(counted: &[Charge], checked: &[Charge]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let counted = counted.iter().map(|charge| (charge, true));
    for (charge, is_counted) in counted.chain(checked.iter().map(|charge| (charge, false))) {
        let place = groups.iter().position(|group| group.is_of(charge)).unwrap_or_else(|| {
            groups.push(Group::default());
            groups.len() - 1
        });
        let Group { counted, checked } = &mut groups[place];
        if is_counted { counted } else { checked }.push(*charge);
    }
    groups
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use passport_throttle::{Policy, Quota, Subject};

    use super::*;

    #[test]
    fn charges_of_a_subject_are_together_in_their_order() {
        let quota = Quota::new(1, Duration::from_secs(1)).unwrap();
        let charge =
            |policy, subject| Charge::new(Policy::new(policy), Subject::new([subject; 16]), quota);
        let [a1, b1, a2, c1] = [charge("x", 1), charge("x", 2), charge("y", 1), charge("x", 3)];
        let group = |counted: &[Charge], checked: &[Charge]| Group {
            counted: counted.to_vec(),
            checked: checked.to_vec(),
        };
        assert_eq!(
            by_subject(&[a1, b1, a2, c1], &[]),
            [group(&[a1, a2], &[]), group(&[b1], &[]), group(&[c1], &[])]
        );
        assert_eq!(
            by_subject(&[b1, a2], &[a1, c1]),
            [group(&[b1], &[]), group(&[a2], &[a1]), group(&[], &[c1])]
        );
        assert!(by_subject(&[], &[]).is_empty());
    }
}
