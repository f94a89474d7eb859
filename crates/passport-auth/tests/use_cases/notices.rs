//! Notices to the owner of an account.

use std::time::Duration;

use crate::{
    life::new_password,
    logs,
    world::{PHONE, World, caller},
};

#[tokio::test]
async fn a_number_has_ten_notices_a_day() {
    let world = World::roomy();
    for n in 0..11 {
        let person = world.code_person(PHONE).await;
        let without = &world.accounts.change_password;
        without.remove(person, caller(1)).await.expect("the change is made in any case");
        assert_eq!(world.gateway.notices().len(), (n + 1).min(10));
    }
    world.clock.advance(Duration::from_hours(24));
    let person = world.code_person(PHONE).await;
    world.accounts.change_password.remove(person, caller(1)).await.unwrap();
    assert_eq!(world.gateway.notices().len(), 11);
}

/// They are not charged to the quotas of codes, and codes not to theirs.
#[tokio::test]
async fn notices_leave_the_codes_of_a_number_alone() {
    let world = World::new();
    let person = world.code_person(PHONE).await;
    world.accounts.change_password.remove(person, caller(1)).await.unwrap();
    world.clock.advance(crate::world::COOLDOWN);
    world.code_person(PHONE).await;
}

#[tokio::test]
async fn a_notice_that_cannot_be_counted_is_not_sent_and_the_change_is_made() {
    let world = World::roomy();
    let person = world.person("13698765432").await;
    // The count of notices is the last call of the store.
    world.outage.calls();
    let change = &world.accounts.change_password;
    change.change(person, new_password(), caller(1)).await.unwrap();
    let calls = world.outage.calls();
    let last = calls.iter().rposition(|call| *call == "throttle.hit").unwrap();

    let world = World::roomy();
    let person = world.person("13698765432").await;
    let kind = crate::faulty::FaultKind::CallLost;
    world.outage.begin(crate::faulty::Fault { kind, call: last });
    let change = &world.accounts.change_password;
    change.change(person, new_password(), caller(1)).await.unwrap();
    assert_eq!(world.outage.end(), Some("throttle.hit"));
    assert_eq!(world.gateway.notices(), []);
    let line = logs::lines()
        .into_iter()
        .find(|line| line.contains("136****5432") && line.contains("notice not sent"));
    assert!(line.is_some_and(|line| line.contains("WARN")));
}
