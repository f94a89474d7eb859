use passport_throttle::Charge;

/// `charges` by subject, in the order of their first appearance.
pub(super) fn by_subject(charges: &[Charge]) -> Vec<Vec<Charge>> {
    let mut groups: Vec<Vec<Charge>> = Vec::new();
    for charge in charges {
        let of_subject = |group: &&mut Vec<Charge>| group[0].subject == charge.subject;
        match groups.iter_mut().find(of_subject) {
            Some(group) => group.push(*charge),
            None => groups.push(vec![*charge]),
        }
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
        assert_eq!(by_subject(&[a1, b1, a2, c1]), [vec![a1, a2], vec![b1], vec![c1]]);
        assert!(by_subject(&[]).is_empty());
    }
}
