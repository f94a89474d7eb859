//! The methods of each port, timed as calls that read or that may write.

use std::time::Duration;

use async_trait::async_trait;
use passport_auth::{ChargedCodes, SignedInUsers, Unavailable};
use passport_codes::{
    Binding, CodeDigest, CodeKey, CodeStore, CodeStoreError, Guess, Redemption, StoredCode,
};
use passport_idempotency::{
    Begun, Fingerprint, IdempotencyStore, IdempotencyStoreError, LeaseToken, RequestDigest,
    SealedResponse,
};
use passport_session::{
    CachedSession, ChangeId, EntryVersion, Session, SessionDigest, SessionId, SessionStore,
    SessionStoreError, SubjectCache,
};
use passport_sms_client::{
    Bill, Billed, Claimed, Cost, Delivery, End, Entry, Figure, Idle, Lease, LeaseCheck, Opened,
    Outbox, OutboxError, Receipt, ReceiptEffect, Untried, Way, Which,
};
use passport_throttle::{
    Attempt, Block, Charge, Decision, FailureStore, FailureStoreError, Hit, Passage, Permission,
    Refusal, Series, SeriesKey, Tally, ThrottleStore, ThrottleStoreError, Toll, Usage,
};
use passport_user::{
    AccountEvent, Epoch, EventFilter, EventId, InsertUserError, Journal, JournalError, NickName,
    NumberChange, NumberChanged, NumberUndone, OperatorToken, OperatorTokenError, OperatorTokenId,
    OperatorTokenRepository, PasswordHash, PhoneNumber, Standing, User, UserFilter, UserId,
    UserRepository, UserRepositoryError,
};
use time::OffsetDateTime;
use uuid::Uuid;

use super::Metered;

/// Implements a port for [`Metered`]: each method times the same method of the store.
macro_rules! metered {
    ($port:ident, $error:ty {
        $($op:ident $method:ident($($argument:ident: $type:ty),* $(,)?) -> $value:ty $(| $other:ty)?;)+
    }) => {
        #[async_trait]
        impl $port for Metered<dyn $port> {
            $(
                async fn $method(
                    &self,
                    $($argument: $type),*
                ) -> metered!(@result $value, $error $(, $other)?) {
                    self.meter.$op(self.store.$method($($argument),*)).await
                }
            )+
        }
    };
    (@result $value:ty, $error:ty) => { Result<$value, $error> };
    (@result $value:ty, $error:ty, $other:ty) => { Result<$value, $other> };
}

metered!(CodeStore, CodeStoreError {
    write put(key: &CodeKey, code: StoredCode, now: OffsetDateTime) -> ();
    write redeem(
        key: &CodeKey,
        guess: CodeDigest,
        binding: Option<Binding>,
        now: OffsetDateTime,
    ) -> Redemption;
    read holds(key: &CodeKey, digest: CodeDigest, now: OffsetDateTime) -> bool;
    write restore(key: &CodeKey, spent: StoredCode, now: OffsetDateTime) -> ();
    write withdraw(key: &CodeKey, digest: CodeDigest) -> ();
    write discard(key: &CodeKey) -> ();
});

metered!(ThrottleStore, ThrottleStoreError {
    write hit(charges: &[Charge], checked: &[Charge], now: OffsetDateTime) -> Decision;
    read check(charges: &[Charge], now: OffsetDateTime) -> Option<Refusal>;
    write refund(hit: &Hit) -> ();
    read usage(charges: &[Charge], now: OffsetDateTime) -> Vec<Usage>;
    write clear(charges: &[Charge]) -> ();
});

metered!(FailureStore, FailureStoreError {
    write begin(series: &[Series], now: OffsetDateTime) -> Permission;
    read check(series: &[Series], now: OffsetDateTime) -> Option<Block>;
    write succeed(attempt: &Attempt) -> ();
    write forgive(attempt: &Attempt) -> ();
    write clear(key: &SeriesKey) -> ();
    read read(keys: &[SeriesKey], now: OffsetDateTime) -> Vec<Option<Tally>>;
});

metered!(SessionStore, SessionStoreError {
    write create(digest: &SessionDigest, session: &Session) -> ();
    read find(digest: &SessionDigest, now: OffsetDateTime) -> Option<Session>;
    write touch(digest: &SessionDigest, now: OffsetDateTime) -> ();
    write rotate(
        old: &SessionDigest,
        new: &SessionDigest,
        session: &Session,
        now: OffsetDateTime,
    ) -> bool;
    read list(subject: Uuid, now: OffsetDateTime) -> Vec<Session>;
    write revoke(subject: Uuid, id: SessionId) -> bool;
    write revoke_all(subject: Uuid, keep: Option<SessionId>) -> ();
    read count(now: OffsetDateTime) -> Option<u64>;
    write purge(now: OffsetDateTime) -> u64;
});

metered!(ChargedCodes, Unavailable {
    write put(toll: &Toll, code: (&CodeKey, StoredCode), now: OffsetDateTime) -> Passage<Hit>;
    write redeem(toll: &Toll, guess: &Guess, now: OffsetDateTime) -> Passage<Redemption>;
});

metered!(SubjectCache, SessionStoreError {
    read look_up(digest: &SessionDigest, now: OffsetDateTime) -> Option<CachedSession>;
    write fill(
        digest: &SessionDigest,
        session: &Session,
        seen: &EntryVersion,
        value: &[u8],
    ) -> bool;
    write begin_change(subject: Uuid, change: ChangeId, lease: Duration) -> ();
    write end_change(subject: Uuid, change: ChangeId) -> ();
    write invalidate(subject: Uuid) -> ();
});

metered!(SignedInUsers, Unavailable {
    read find(digest: &SessionDigest, now: OffsetDateTime) -> Option<(Session, User)>;
});

metered!(IdempotencyStore, IdempotencyStoreError {
    write begin(
        key: &RequestDigest,
        fingerprint: Fingerprint,
        lease: Duration,
        now: OffsetDateTime,
    ) -> Begun;
    write finish(
        key: &RequestDigest,
        token: LeaseToken,
        response: SealedResponse,
        expires_at: OffsetDateTime,
        now: OffsetDateTime,
    ) -> bool;
    write abandon(key: &RequestDigest, token: LeaseToken) -> ();
});

metered!(UserRepository, UserRepositoryError {
    write insert(user: &User, event: &AccountEvent) -> () | InsertUserError;
    read find(id: UserId) -> Option<User>;
    read find_by_phone(phone: &PhoneNumber) -> Option<User>;
    read find_by_former_phone(phone: &PhoneNumber, now: OffsetDateTime) -> Option<User>;
    write record_login(id: UserId, at: OffsetDateTime) -> ();
    write replace_password_hash(id: UserId, old: &PasswordHash, new: &PasswordHash) -> bool;
    write set_password(
        id: UserId,
        expected: Epoch,
        hash: Option<&PasswordHash>,
        event: &AccountEvent,
    ) -> Option<Epoch>;
    write rename(id: UserId, name: &NickName, event: &AccountEvent) -> bool;
    write change_number(
        id: UserId,
        expected: Epoch,
        change: &NumberChange,
        event: &AccountEvent,
    ) -> NumberChanged;
    write undo_number(
        id: UserId,
        former: &PhoneNumber,
        now: OffsetDateTime,
        event: &AccountEvent,
    ) -> Option<NumberUndone>;
    write set_standing(
        id: UserId,
        expected: Epoch,
        standing: Standing,
        event: &AccountEvent,
    ) -> Option<Epoch>;
    read due_for_purge(now: OffsetDateTime, limit: u32) -> Vec<UserId>;
    write purge(id: UserId, now: OffsetDateTime, event: &AccountEvent) -> bool;
    read list(filter: &UserFilter, after: Option<UserId>, limit: u32) -> Vec<User>;
});

metered!(Journal, JournalError {
    write record(events: &[AccountEvent]) -> ();
    read read(filter: &EventFilter, before: Option<EventId>, limit: u32) -> Vec<AccountEvent>;
    write purge(before: OffsetDateTime) -> u64;
});

metered!(OperatorTokenRepository, OperatorTokenError {
    write insert(token: &OperatorToken, event: &AccountEvent) -> bool;
    read find(id: OperatorTokenId) -> Option<OperatorToken>;
    read list() -> Vec<OperatorToken>;
    write record_use(id: OperatorTokenId, at: OffsetDateTime) -> ();
    write remove(id: OperatorTokenId, event: &AccountEvent) -> bool;
});

metered!(Outbox, OutboxError {
    write open(
        entry: &Entry,
        lease: Lease,
        first: Option<&str>,
        now: OffsetDateTime,
    ) -> Opened;
    write begin(id: Uuid, lease: Lease, gateway: &str, now: OffsetDateTime) -> LeaseCheck;
    write end(id: Uuid, token: Uuid, end: End<'_>) -> LeaseCheck;
    write settle(
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        now: OffsetDateTime,
    ) -> LeaseCheck;
    write defer(
        id: Uuid,
        token: Uuid,
        last: Option<End<'_>>,
        due: OffsetDateTime,
    ) -> LeaseCheck;
    write claim(idle: Idle, lease: Lease, now: OffsetDateTime, limit: usize) -> Vec<Claimed>;
    write receipt(gateway: &str, receipt: &Receipt, now: OffsetDateTime) -> ReceiptEffect;
    write found(id: Uuid, gateway: &str, delivery: Delivery, code: &str) -> bool;
    write redeemed(id: Uuid) -> bool;
    read ways(which: Which<'_>) -> Vec<Way>;
    write billed(attempt: Billed<'_>, gateway: &str, bill: Bill) -> bool;
    read costs(from: OffsetDateTime, to: OffsetDateTime) -> Vec<Cost>;
    read figures(from: OffsetDateTime, to: OffsetDateTime) -> Vec<Figure>;
    read untried(from: OffsetDateTime, to: OffsetDateTime) -> Vec<Untried>;
    write purge(now: OffsetDateTime, forget_before: OffsetDateTime) -> u64;
});
