use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-29 12:00 UTC);

fn flow(purpose: FlowPurpose) -> Flow {
    let phone: PhoneNumber = "13800138000".parse().unwrap();
    let sent = SentCode {
        id: None,
        expires_in: Duration::from_mins(5),
        resend_after: Duration::from_mins(1),
        length: 6,
    };
    Flow::begin(purpose, TypedNumber::new(&phone, "138 0013 8000", "CN"), sent, true, NOW)
}

#[test]
fn a_flow_opens_under_its_key_only_and_any_changed_byte_is_refused() {
    let (key, other) = (FlowKey::new([1; 32]), FlowKey::new([2; 32]));
    let flow = flow(FlowPurpose::SignIn);
    let sealed = key.seal(&flow, &mut rand::rng());
    assert!(!sealed.contains("8000") && sealed.len() < 1_200, "{}", sealed.len());
    let opened = key.open(sealed.as_bytes()).unwrap();
    assert_eq!((opened.id.clone(), opened.purpose), (flow.id.clone(), flow.purpose));
    assert_eq!(opened.phone(), flow.phone());
    assert!(other.open(sealed.as_bytes()).is_none());
    for at in 0..sealed.len() {
        let mut forged = sealed.clone().into_bytes();
        forged[at] = if forged[at] == b'0' { b'1' } else { b'0' };
        assert!(key.open(&forged).is_none(), "character {at}");
    }
    for forged in ["", "00", "é", &sealed[2..], &format!("{sealed}00")] {
        assert!(key.open(forged.as_bytes()).is_none(), "{forged}");
    }
}

#[test]
fn a_flow_lives_for_a_while_after_each_step() {
    let flow = flow(FlowPurpose::Reset);
    let (soon, late) = (NOW + Duration::from_mins(15), NOW + Duration::from_secs(901));
    assert!(flow.is_alive(soon) && !flow.is_alive(late));
    assert!(!flow.is_alive(NOW - Duration::from_secs(1)), "a clock that was set back");
    let next = flow.at(Stage::Checked { code: "123456".to_owned() }, soon);
    assert!(next.is_alive(late) && next.id == flow.id);
}

#[test]
fn the_countdown_ends_and_the_code_expires() {
    let flow = flow(FlowPurpose::SignUp);
    assert_eq!(flow.resend_in(NOW), Duration::from_mins(1));
    assert_eq!(flow.resend_in(NOW + Duration::from_mins(2)), Duration::ZERO);
    assert_eq!(flow.expires_in(NOW + Duration::from_mins(4)), Duration::from_mins(1));
}

#[test]
fn nothing_secret_is_shown() {
    let flow = flow(FlowPurpose::SignIn).at(Stage::Checked { code: "123456".to_owned() }, NOW);
    let shown = format!("{flow:?} {:?}", FlowKey::new([7; 32]));
    assert!(
        !shown.contains("123456") && !shown.contains("8000") && !shown.contains("7, 7"),
        "{shown}"
    );
}
