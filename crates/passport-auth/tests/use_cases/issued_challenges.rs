//! Challenges under issued ids, and their pictures and sounds.

use std::{collections::HashSet, sync::Arc, time::Duration};

use passport_auth::{
    ChallengeError, ChallengeId, ChallengeKey, ChallengeRefusal, ChallengeRenderer, Clock,
    CodeRequest, Denied, IssuedChallenge, IssuedId, Locale, NewChallenge, PictureStock,
    RequestCodeError,
};
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
    world.request_code.send(request).await
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
    let renderer: Arc<dyn ChallengeRenderer> = Arc::new(Renderer::default());
    let (key, workers) = (ChallengeKey::new([9; 32]), world.workers.clone());
    let clock = Arc::clone(&world.new_challenge.clock);
    let pictures = PictureStock::new(renderer, key, workers, clock, 0);
    NewChallenge { pictures, ..world.new_challenge.clone() }
}

#[tokio::test]
async fn cap_5_picture_and_sound_are_of_one_seed_and_the_same_each_time() {
    let world = World::new();
    let (one, other) = (issue(&world).await.id, issue(&world).await.id);
    let fetch = async |id: &IssuedId| {
        let mut files = vec![world.present_challenge.picture(id, client(1)).await.unwrap().bytes];
        for language in BOTH {
            let sound = world.present_challenge.sound(id, language, client(1)).await;
            files.push(sound.unwrap().bytes);
        }
        files
    };
    let files = fetch(&one).await;
    assert_eq!(fetch(&one).await, files);
    let different: HashSet<_> = files.into_iter().chain(fetch(&other).await).collect();
    assert_eq!(different.len(), 6);
}

#[tokio::test]
async fn cap_5_a_drawn_challenge_is_spoken_from_its_ticket() {
    let world = World::new();
    let drawn = world.new_challenge.draw(Uuid::new_v4().into(), None, client(1)).await.unwrap();
    let seed = challenge_key().seed(drawn.ticket);
    assert_eq!(drawn.picture.bytes, bytes(&seed, "picture"));
    for (language, part) in BOTH.into_iter().zip(["sound zh", "sound en"]) {
        let sound = world.present_challenge.sound_of(drawn.ticket, language, client(1)).await;
        assert_eq!(sound.unwrap().bytes, bytes(&seed, part));
    }
}

#[tokio::test]
async fn each_draw_makes_a_challenge_of_its_own() {
    let world = World::new();
    let id = ChallengeId::from(Uuid::new_v4());
    let first = world.new_challenge.draw(id, None, client(1)).await.unwrap();
    let second = world.new_challenge.draw(id, None, client(1)).await.unwrap();
    assert_ne!(first.ticket, second.ticket);
    assert_ne!(first.picture, second.picture);
}

#[tokio::test]
async fn cap_7_issuing_is_counted_together_with_drawing() {
    let world = World::new();
    for _ in 0..30 {
        world.new_challenge.draw(Uuid::new_v4().into(), None, client(1)).await.unwrap();
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
    let ticket = world.new_challenge.draw(Uuid::new_v4().into(), None, client(1)).await;
    let ticket = ticket.unwrap().ticket;
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

#[tokio::test]
async fn an_id_is_returned_only_if_its_answer_is_stored() {
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
