use std::{sync::Arc, time::Duration};

use super::support::{NOW, ROUNDS, race};
use crate::{
    AccountEvent, EventFilter, EventKind, Journal, OperatorName, OperatorToken, OperatorTokenId,
    OperatorTokenRepository, Scope, Scopes, TokenDigest,
};

/// A repository of tokens, and the journal over the same storage.
pub type Operators = (Arc<dyn OperatorTokenRepository>, Arc<dyn Journal>);

fn token(name: &str, digest: u8) -> OperatorToken {
    OperatorToken {
        id: OperatorTokenId::new(NOW),
        name: OperatorName::from_stored(name),
        digest: TokenDigest::from_bytes([digest; 32]),
        scopes: [Scope::UsersRead, Scope::AuditRead].into_iter().collect(),
        created_at: NOW.truncate_to_microsecond(),
        expires_at: None,
        last_used_at: None,
    }
}

fn event(kind: EventKind) -> AccountEvent {
    AccountEvent::new(kind, NOW)
}

async fn added(tokens: &Arc<dyn OperatorTokenRepository>, token: &OperatorToken) -> bool {
    let event = event(EventKind::OperatorTokenAdded);
    tokens.insert(token, &event).await.expect("repository answers")
}

async fn found(
    tokens: &Arc<dyn OperatorTokenRepository>,
    id: OperatorTokenId,
) -> Option<OperatorToken> {
    tokens.find(id).await.expect("repository answers")
}

async fn kinds(journal: &Arc<dyn Journal>) -> Vec<EventKind> {
    let events = journal.read(&EventFilter::default(), None, 1_000).await;
    events.expect("journal answers").iter().map(|event| event.kind).collect()
}

/// A token is found and listed as it was added, with its event.
pub async fn finds_tokens((tokens, journal): Operators) {
    let plain = token("ci", 1);
    let full = OperatorToken {
        expires_at: Some(NOW.truncate_to_microsecond() + Duration::from_mins(5)),
        scopes: Scope::ALL.iter().copied().collect(),
        ..token("ops.team@example-2", 0xfe)
    };
    let none = OperatorToken { scopes: Scopes::default(), ..token("none", 0) };
    let all = [plain, full, none];
    for token in &all {
        assert!(added(&tokens, token).await);
        assert_eq!(found(&tokens, token.id).await.as_ref(), Some(token));
    }
    let mut expected = all.to_vec();
    expected.sort_by_key(|token| token.id);
    assert_eq!(tokens.list().await.expect("repository answers"), expected);
    assert_eq!(kinds(&journal).await, [EventKind::OperatorTokenAdded; 3]);
    assert_eq!(found(&tokens, OperatorTokenId::new(NOW)).await, None);
}

/// A second token of one name is refused, and has no event.
pub async fn token_names_are_unique((tokens, journal): Operators) {
    let (first, second) = (token("ci", 1), token("ci", 2));
    assert!(added(&tokens, &first).await);
    assert!(!added(&tokens, &second).await);
    assert_eq!(tokens.list().await.expect("repository answers"), [first]);
    assert_eq!(kinds(&journal).await, [EventKind::OperatorTokenAdded]);
}

/// Of several concurrent additions of one name, and of removals of one token, one succeeds.
pub async fn token_changes_have_one_winner((tokens, journal): Operators) {
    for round in 0..ROUNDS {
        let name = format!("token-{round}");
        let additions = race(8, |rival| {
            let token = token(&name, u8::try_from(rival).unwrap_or_default());
            let tokens = Arc::clone(&tokens);
            async move { added(&tokens, &token).await.then_some(token) }
        });
        let additions: Vec<_> = additions.await.into_iter().flatten().collect();
        assert_eq!(additions.len(), 1, "round {round}");
        assert_eq!(found(&tokens, additions[0].id).await.as_ref(), Some(&additions[0]));
        let id = additions[0].id;
        let removals = race(8, |_| {
            let tokens = Arc::clone(&tokens);
            async move {
                let event = event(EventKind::OperatorTokenRemoved);
                tokens.remove(id, &event).await.expect("repository answers")
            }
        });
        let removals = removals.await;
        assert_eq!(removals.iter().filter(|removed| **removed).count(), 1, "round {round}");
        assert_eq!(found(&tokens, id).await, None);
    }
    assert_eq!(kinds(&journal).await.len(), 2 * ROUNDS as usize, "one event for each change");
}

/// A removed token is gone, and its name is free; an unknown one has no event.
pub async fn removes_tokens((tokens, journal): Operators) {
    let (token, other) = (token("ci", 1), token("other", 2));
    assert!(added(&tokens, &token).await && added(&tokens, &other).await);
    let removed = event(EventKind::OperatorTokenRemoved);
    assert!(tokens.remove(token.id, &removed).await.expect("repository answers"));
    let again = event(EventKind::OperatorTokenRemoved);
    assert!(!tokens.remove(token.id, &again).await.expect("repository answers"));
    assert_eq!(tokens.list().await.expect("repository answers"), [other]);
    let filter =
        EventFilter { kind: Some(EventKind::OperatorTokenRemoved), ..EventFilter::default() };
    assert_eq!(journal.read(&filter, None, 10).await.expect("journal answers"), [removed]);
    assert!(added(&tokens, &self::token("ci", 3)).await);
}

/// The last use is stored, and does not go back.
pub async fn records_uses((tokens, _): Operators) {
    let (token, other) = (token("ci", 1), token("other", 2));
    assert!(added(&tokens, &token).await && added(&tokens, &other).await);
    let later = NOW + Duration::from_mins(10);
    for (at, expected) in [(NOW, NOW), (later, later), (NOW, later)] {
        tokens.record_use(token.id, at).await.expect("repository answers");
        let used = found(&tokens, token.id).await.expect("token is there").last_used_at;
        assert_eq!(used, Some(expected.truncate_to_microsecond()));
    }
    assert_eq!(found(&tokens, other.id).await, Some(other));
    tokens.record_use(OperatorTokenId::new(NOW), NOW).await.expect("repository answers");
}
