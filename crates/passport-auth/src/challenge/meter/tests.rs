use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use time::macros::datetime;

use super::*;

const NOW: OffsetDateTime = datetime!(2026-11-29 11:20:00 UTC);
const MINUTE: Duration = Duration::from_mins(1);

fn meter(limit: u32, total: Option<u32>) -> Meter {
    let quota = |limit| Quota::new(limit, MINUTE).unwrap();
    Meter::new(policies::CHALLENGES, Some(quota(limit)), total.map(quota))
}

fn v4(address: u32) -> ClientAddress {
    IpAddr::from(Ipv4Addr::from_bits(address)).into()
}

/// The client with this /64.
fn v6(prefix: u64) -> ClientAddress {
    IpAddr::from(Ipv6Addr::from_bits(u128::from(prefix) << 64)).into()
}

/// Hits that pass before one is refused.
fn passing(meter: &Meter, clients: impl Iterator<Item = ClientAddress>) -> usize {
    clients.take_while(|client| meter.hit(*client, NOW).is_ok()).count()
}

#[test]
fn cap_7_a_client_passes_up_to_its_limit_and_again_after_the_window() {
    let meter = meter(3, None);
    let client = v4(0xc000_0201);
    assert_eq!(passing(&meter, std::iter::repeat(client)), 3);
    let later = |milliseconds| NOW + time::Duration::milliseconds(milliseconds);
    let refusal = meter.hit(client, later(59_000)).unwrap_err();
    assert_eq!(refusal.retry_after, Duration::from_secs(1));
    assert_eq!((refusal.policy, refusal.quota), (policies::CHALLENGES, meter.per_client.unwrap()));
    assert!(meter.hit(client, later(59_999)).is_err());
    assert!(meter.hit(client, later(60_000)).is_ok());
    assert!(meter.hit(v4(0x0a00_0001), NOW).is_ok(), "others have counts of their own");
}

#[test]
fn x8_addresses_of_one_network_share_a_wider_limit() {
    let ten_each = |client: fn(u64) -> ClientAddress| (0..1 << 20).map(move |n| client(n / 10));
    // Of a /24, 16 addresses; of a /56, 4 prefixes; of a /48, 16 prefixes.
    let v4 = |n: u64| v4(0xc000_0200 + u32::try_from(n).unwrap());
    assert_eq!(passing(&meter(10, None), ten_each(v4)), 160);
    assert_eq!(passing(&meter(10, None), ten_each(|n: u64| v6(0x2001_0db8_0000_0000 + n))), 40);
    let one_for_each_56 = |n: u64| v6(0x2001_0db8_0000_0000 + (n << 8));
    assert_eq!(passing(&meter(10, None), ten_each(one_for_each_56)), 160);
    let refused = meter(10, None);
    passing(&refused, ten_each(one_for_each_56));
    assert!(refused.hit(v6(0x2001_0db8_0001_0000), NOW).is_ok(), "another /48");
}

#[test]
fn x8_a_million_addresses_take_no_more_memory_and_refuse_no_other_client() {
    let meter = meter(60, None);
    let size = |meter: &Meter| meter.cells().capacity() * size_of::<Cell>();
    let before = size(&meter);
    assert!(before < 2 << 20, "{before}");
    for n in 0..1_000_000 {
        meter.hit(v6(0x2001_0db8_0000_0000 + (n << 16)), NOW).unwrap();
    }
    assert_eq!(size(&meter), before);
    let others = (0..1_000).map(|n| v4(0xc633_6400 + (n << 8)));
    assert_eq!(passing(&meter, others), 1_000);
}

#[test]
fn x8_the_total_is_bounded_and_what_is_uncounted_makes_room() {
    let meter = meter(10, Some(25));
    let clients = || (0..100).map(|n| v4(n << 8));
    assert_eq!(passing(&meter, clients()), 25);
    for client in clients().take(5) {
        meter.uncount(client);
    }
    assert_eq!(passing(&meter, clients()), 5);
}

#[test]
fn a_refusal_counts_nothing() {
    let meter = meter(2, Some(1));
    let client = v4(0xc000_0201);
    meter.hit(client, NOW).unwrap();
    for _ in 0..10 {
        meter.hit(client, NOW).unwrap_err();
    }
    meter.uncount(client);
    meter.hit(client, NOW).unwrap();
}

#[test]
fn a_request_that_was_overtaken_counts_and_a_clock_set_back_refuses_no_longer_than_the_window() {
    let meter = meter(2, None);
    let client = v4(0xc000_0201);
    meter.hit(client, NOW).unwrap();
    meter.hit(client, NOW - MINUTE / 2).unwrap();
    let refusal = meter.hit(client, NOW - MINUTE / 2).unwrap_err();
    assert!(refusal.retry_after <= MINUTE, "{refusal:?}");
    meter.hit(client, NOW - 400 * 24 * 60 * MINUTE).unwrap();
}

#[test]
fn x8_wrong_answers_of_all_clients_are_bounded() {
    let meter = ChallengeMeter::new(Quota::new(60, MINUTE).unwrap(), 5 * MINUTE);
    for n in 0..MOST_WRONG {
        meter.fail(v6(u64::from(n) << 16), NOW).unwrap();
    }
    let Err(Denied::TooMany(refusal)) = meter.fail(v4(1), NOW) else { panic!("it has no bound") };
    assert_eq!(refusal.policy, policies::WRONG_ANSWERS_IN_ALL);
    meter.unfail(v4(1));
    meter.fail(v4(1), NOW).unwrap();
}
