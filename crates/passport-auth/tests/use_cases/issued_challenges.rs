//! Challenges under issued ids, and their pictures and sounds.

use std::{collections::HashSet, sync::Arc, time::Duration};

use passport_auth::{
    ChallengeError, ChallengeKey, ChallengeMeter, ChallengeRefusal, Challenges, Clock, CodeRequest,
    Denied, IssuedChallenge, IssuedId, Locale, NewChallenge, RequestCodeError,
};
use passport_codes::{Codes, DigestKey};
use passport_storage_memory::MemoryCodeStore;
use passport_throttle::Refusal;
use uuid::Uuid;

use crate::{
    doubles::{ANSWER, Renderer, bytes},
    faulty::each_fault,
    world::{PHONE, World, challenge_key, client, nth_phone},
};

const BOTH: [Locale; 2] = [Locale::ZhHans, Locale::En];

async fn issue(world: &World) -> IssuedChallenge {
    world.new_challenge.issue(client(1)).await.expect("a challenge is issued")
}

async fn answer(world: &World, n: usize, id: IssuedId) -> Result<(), RequestCodeError> {
    let own = world.code_request(&nth_phone(n)).await;
    let request = CodeRequest { challenge: id.into(), answer: ANSWER.to_owned(), ..own };
    world.request_code.send(request).await.map(drop)
}

#[tokio::test]
async fn cap_1_an_issued_challenge_works_once() {
    let world = World::new();
    let id = issue(&world).await.id;
    answer(&world, 1, id).await.unwrap();
    let again = answer(&world, 2, id).await;
    assert!(matches!(again, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
}

#[tokio::test]
async fn cap_2_it_ends_when_it_says_and_no_later_than_300_seconds() {
    let world = World::new();
    let (first, second) = (issue(&world).await, issue(&world).await);
    let now = world.clock.now();
    assert_eq!(first.expires_at.nanosecond(), 0);
    assert_eq!(first.expires_at, now + first.expires_in);
    assert!(first.expires_in <= Duration::from_mins(5));
    assert!(first.expires_in > Duration::from_secs(299));

    let moment = Duration::from_millis(1);
    world.clock.advance(first.expires_in.saturating_sub(moment));
    world.present_challenge.picture(&first.id, client(1)).await.unwrap();
    answer(&world, 1, first.id).await.unwrap();
    world.clock.advance(moment);
    let late = world.present_challenge.picture(&second.id, client(1)).await;
    assert!(matches!(late, Err(ChallengeError::Unknown)));
    world.clock.advance(Duration::from_secs(1));
    let late = answer(&world, 2, second.id).await;
    assert!(matches!(late, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
}

#[tokio::test]
async fn cap_2_ids_are_all_different_and_none_can_be_made_up() {
    let world = World::new();
    let mut ids = HashSet::new();
    for _ in 0..60 {
        ids.insert(issue(&world).await.id);
    }
    assert_eq!(ids.len(), 60);
    let foreign = under_another_key(&World::new());
    let invented = [foreign.issue(client(2)).await.unwrap().id, altered(&ids)];
    world.outage.calls();
    for id in invented {
        let picture = world.present_challenge.picture(&id, client(3)).await;
        assert!(matches!(picture, Err(ChallengeError::Unknown)));
        let sound = world.present_challenge.sound(&id, Locale::En, client(3)).await;
        assert!(matches!(sound, Err(ChallengeError::Unknown)));
    }
    assert_eq!(world.outage.calls(), [""; 0], "no store is called, and no client is charged");
    for id in invented {
        let answered = answer(&world, 1, id).await;
        assert!(matches!(answered, Err(RequestCodeError::Challenge(ChallengeRefusal::Missing))));
    }
}

/// One of the ids with its first character changed.
fn altered(ids: &HashSet<IssuedId>) -> IssuedId {
    let text = ids.iter().next().expect("there are some").expose();
    let other = if text.starts_with('A') { "B" } else { "A" };
    format!("{other}{}", &text[1..]).parse().expect("the form is right")
}

fn under_another_key(world: &World) -> NewChallenge {
    let codes = Codes::new(Arc::new(MemoryCodeStore::default()), DigestKey::new([7; 32]));
    let ttl = Duration::from_mins(5);
    let meter = ChallengeMeter::new(world.setup.challenges_per_client, ttl);
    let challenges = Challenges::new(codes, ChallengeKey::new([9; 32]), meter, ttl);
    NewChallenge { challenges: challenges.expect("within bounds"), ..world.new_challenge.clone() }
}

#[tokio::test]
async fn cap_5_picture_and_sound_are_of_one_seed_and_the_same_each_time() {
    let world = World::new();
    let mut seen = HashSet::new();
    for _ in 0..2 {
        let id = issue(&world).await.id;
        let fetch = async || {
            let picture = world.present_challenge.picture(&id, client(1)).await.unwrap();
            let spoken = world.present_challenge.sound(&id, Locale::En, client(1)).await.unwrap();
            [picture.light.bytes, spoken.sound.bytes]
        };
        let files = fetch().await;
        assert_eq!(fetch().await, files);
        seen.extend(files);
    }
    assert_eq!(seen.len(), 4);
}

#[tokio::test]
async fn h3_a_challenge_is_spoken_in_the_language_that_was_asked_for_first() {
    let world = World::new();
    for (first, second) in [(Locale::ZhHans, Locale::En), (Locale::En, Locale::ZhHans)] {
        let id = issue(&world).await.id;
        let carried = world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.unwrap();
        let mut sounds = [Vec::new(), Vec::new()];
        // From other addresses, too, and again.
        for (n, asked) in [(1, first), (2, second), (3, second), (1, first)] {
            let own = world.present_challenge.sound(&id, asked, client(n)).await.unwrap();
            let of = world.present_challenge.sound_of(&carried.ticket, asked, client(n)).await;
            for (sounds, spoken) in sounds.iter_mut().zip([own, of.unwrap()]) {
                assert_eq!(spoken.language, first);
                sounds.push(spoken.sound.bytes);
            }
        }
        for sounds in sounds {
            assert!(sounds.iter().all(|sound| *sound == sounds[0]));
        }
    }
}

#[tokio::test]
async fn h3_languages_asked_for_at_once_have_one_winner() {
    let world = World::new();
    for round in 0..20 {
        let id = issue(&world).await.id;
        let asks = (0..10).map(|n| BOTH[(n + round) % 2]);
        let sounds = asks.map(|asked| world.present_challenge.sound(&id, asked, client(1)));
        let sounds = futures::future::join_all(sounds).await;
        let languages: HashSet<_> = sounds.into_iter().map(|it| it.unwrap().language).collect();
        assert_eq!(languages.len(), 1);
        world.clock.advance(Duration::from_mins(1));
    }
}

#[tokio::test]
async fn cap_5_a_drawn_challenge_is_spoken_from_its_ticket() {
    let world = World::new();
    for (language, part) in BOTH.into_iter().zip(["sound zh", "sound en"]) {
        let drawn = world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.unwrap();
        let seed = challenge_key().open_carried(&drawn.ticket, world.clock.now()).unwrap();
        assert_eq!(drawn.drawing.light.bytes, bytes(&seed, "picture"));
        let spoken = world.present_challenge.sound_of(&drawn.ticket, language, client(1)).await;
        assert_eq!(spoken.unwrap().sound.bytes, bytes(&seed, part));
    }
}

#[tokio::test]
async fn x12_a_ticket_that_was_made_up_is_not_spoken() {
    let world = World::new();
    let foreign = under_another_key(&world);
    let drawn = world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.unwrap().ticket;
    let other = world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.unwrap().ticket;
    let moved =
        drawn.expose().replace(&drawn.id().simple().to_string(), &other.id().simple().to_string());
    let made_up = foreign.draw(Uuid::new_v4(), None, client(1)).await.unwrap().ticket.expose();
    for text in [moved, made_up] {
        let carried = text.parse().expect("the form is right");
        let spoken = world.present_challenge.sound_of(&carried, Locale::En, client(2)).await;
        assert!(matches!(spoken, Err(ChallengeError::Unknown)), "{text}");
    }
    world.present_challenge.sound_of(&drawn, Locale::En, client(2)).await.unwrap();
    world.clock.advance(Duration::from_mins(5));
    let late = world.present_challenge.sound_of(&drawn, Locale::En, client(2)).await;
    assert!(matches!(late, Err(ChallengeError::Unknown)));
}

#[tokio::test]
async fn each_draw_makes_a_challenge_of_its_own() {
    let world = World::new();
    let id = Uuid::new_v4();
    let first = world.new_challenge.draw(id, None, client(1)).await.unwrap();
    let second = world.new_challenge.draw(id, None, client(1)).await.unwrap();
    assert_ne!(first.ticket, second.ticket);
    assert_ne!(first.drawing, second.drawing);
}

#[tokio::test]
async fn cap_7_issuing_is_counted_together_with_drawing() {
    let world = World::new();
    for _ in 0..30 {
        world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await.unwrap();
        issue(&world).await;
    }
    let next = world.new_challenge.issue(client(1)).await;
    let Err(ChallengeError::Denied(Denied::TooMany(Refusal { retry_after, .. }))) = next else {
        panic!("{next:?}")
    };
    assert_eq!(retry_after, Duration::from_mins(1));
    world.new_challenge.issue(client(2)).await.unwrap();
}

#[tokio::test]
async fn cap_7_fetching_is_counted_by_itself() {
    let world = World::new();
    let id = issue(&world).await.id;
    let ticket = world.new_challenge.draw(Uuid::new_v4(), None, client(1)).await;
    let ticket = ticket.unwrap().ticket;
    let ticket = &ticket;
    let present = &world.present_challenge;
    for _ in 0..20 {
        present.picture(&id, client(1)).await.unwrap();
        present.sound(&id, Locale::En, client(1)).await.unwrap();
        present.sound_of(ticket, Locale::ZhHans, client(1)).await.unwrap();
    }
    let refused = [
        present.picture(&id, client(1)).await.map(|_| ()),
        present.sound(&id, Locale::En, client(1)).await.map(|_| ()),
        present.sound_of(ticket, Locale::En, client(1)).await.map(|_| ()),
    ];
    for outcome in refused {
        assert!(matches!(outcome, Err(ChallengeError::Denied(Denied::TooMany(_)))), "{outcome:?}");
    }
    present.picture(&id, client(2)).await.unwrap();
    issue(&world).await;
}

#[tokio::test]
async fn cap_7_a_full_queue_refuses_at_once_and_counts_none() {
    let world = World::new();
    let id = issue(&world).await.id;
    let slots = world.fill_queue();
    world.outage.calls();
    for _ in 0..60 {
        let picture = world.present_challenge.picture(&id, client(1)).await;
        assert!(matches!(picture, Err(ChallengeError::Denied(Denied::Busy { .. }))));
    }
    assert_eq!(world.outage.calls(), [""; 0]);
    drop(slots);
    world.present_challenge.picture(&id, client(1)).await.unwrap();
}

#[tokio::test]
async fn a_renderer_that_fails_is_reported() {
    let mut world = World::new();
    let id = issue(&world).await.id;
    world.present_challenge.renderer = Arc::new(Renderer { is_broken: true });
    let picture = world.present_challenge.picture(&id, client(1)).await;
    assert!(matches!(picture, Err(ChallengeError::NotMade(_))));
    let sound = world.present_challenge.sound(&id, Locale::En, client(1)).await;
    assert!(matches!(sound, Err(ChallengeError::NotMade(_))));
}

/// The store says whether the client has wrong answers left, and nothing else.
#[tokio::test]
async fn an_id_is_issued_only_if_the_store_answers() {
    each_fault(async |fault| {
        let world = World::new();
        world.outage.begin(fault);
        let outcome = world.new_challenge.issue(client(1)).await;
        if world.outage.end().is_none() {
            let solved = CodeRequest {
                challenge: outcome.unwrap().id.into(),
                ..world.code_request(PHONE).await
            };
            world.request_code.send(solved).await.unwrap();
            return false;
        }
        assert!(
            matches!(outcome, Err(ChallengeError::Denied(Denied::Unavailable(_)))),
            "{fault:?}"
        );
        true
    })
    .await;
}
