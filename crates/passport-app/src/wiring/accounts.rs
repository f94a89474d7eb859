//! The use cases of accounts, and the rooms that they share.

use std::{io, sync::Arc};

use actix_web::web;
use passport_auth::{
    AccessTokens, Admission, Audience, ChangeNumber, ChangePassword, CheckCode, Clock, CodeSignIn,
    CodeSignUp, ConfirmSession, ContinuationKey, Detached, Entrance, EventObserver, ExportData,
    Failures, FairQueue, Freshness, Gate, Leave, Limits, NewAccounts, Notices, PasswordCheck,
    Passwords, PhoneCodes, PhoneProof, Priority, Profile, PurgeUsers, Reauthentication,
    RequestOwnCode, ResetPassword, Restore, SendCode, SessionLifetimes, Sessions, SignIn, SignUp,
    Terms, TokenKeys, TokenSealingKeys, UndoNumber, Workers,
};
use passport_codes::Codes;
use passport_user::{BcryptSha256, Journal, PasswordPolicy, SigningKeyRepository, UserRepository};
use tokio::runtime::Handle;

use super::{
    metered::MeteredDatabase,
    operations,
    records::{events, failures},
    stores::Stores,
};
use crate::{
    http::AccountServices,
    operations::Operations,
    settings::{AccountSettings, MasterSecret, Origin, PasswordSettings, Settings, SignUpPolicy},
    sms::SmsSender,
};

/// What the use cases share.
pub(super) struct Rooms<'a> {
    settings: &'a Settings,
    continuations: ContinuationKey,
    token_sealing: TokenSealingKeys,
    signing_keys: Arc<dyn SigningKeyRepository>,
    proof: PhoneProof,
    pub(super) gate: Gate,
    pub(super) send_code: SendCode,
    passwords: Passwords,
    pub(super) password_queue: FairQueue,
    password_check: PasswordCheck,
    notices: Notices,
    limits: Limits,
    failures: Failures,
    users: Arc<dyn UserRepository>,
    pub(super) sessions: Sessions,
    pub(super) journal: Arc<dyn Journal>,
    pub(super) detached: Detached,
    clock: Arc<dyn Clock>,
}

/// What the rooms stand on.
pub(super) struct Ground<'a, 'b> {
    pub(super) settings: &'a Settings,
    pub(super) secret: &'b MasterSecret,
    pub(super) stores: &'b Stores,
    pub(super) database: &'b MeteredDatabase,
    pub(super) limits: Limits,
    pub(super) gate: Gate,
    pub(super) sender: Arc<SmsSender>,
    pub(super) observer: Arc<dyn EventObserver>,
    pub(super) clock: Arc<dyn Clock>,
}

impl<'a> Rooms<'a> {
    pub(super) fn on(ground: Ground<'a, '_>) -> io::Result<Self> {
        let Ground { settings, secret, stores, database, limits, gate, sender, observer, clock } =
            ground;
        let phone_codes = PhoneCodes::new(
            Codes::new(Arc::clone(&stores.codes), secret.code_digest_key()),
            secret.subject_key(),
            settings.sms_code.policy,
            settings.sms_code.length,
            Arc::clone(&clock),
        );
        let password_queue = hashing_queue(&settings.password)?;
        let hasher = Arc::new(BcryptSha256::new(settings.password.cost));
        let passwords = Passwords::new(hasher, password_queue.clone());
        let (users, journal) = (database.users(), database.journal());
        let events = events(settings, &journal, secret.subject_key(), &clock, Some(observer));
        let failures = failures(&settings.limits, &stores.failures, secret.subject_key(), &clock);
        let lifetimes = SessionLifetimes {
            standard: settings.session.standard,
            remembered: settings.session.remembered,
        };
        Ok(Self {
            settings,
            continuations: secret.continuation_key(),
            token_sealing: secret.token_sealing_keys(),
            signing_keys: database.signing_keys(),
            proof: PhoneProof::new(
                phone_codes.clone(),
                Arc::clone(&sender) as _,
                limits.clone(),
                failures.clone(),
            ),
            gate,
            send_code: SendCode::new(
                phone_codes,
                Arc::clone(&sender) as _,
                settings.phone.countries.clone(),
                limits.clone(),
                failures.clone(),
            ),
            password_check: PasswordCheck::new(
                Arc::clone(&users),
                passwords.clone(),
                limits.clone(),
                failures.clone(),
            ),
            passwords,
            password_queue,
            notices: Notices::new(sender, limits.clone()),
            limits,
            failures,
            users,
            sessions: Sessions::new(Arc::clone(&stores.sessions), lifetimes, Arc::clone(&clock)),
            journal,
            detached: Detached::on(Handle::current(), events),
            clock,
        })
    }

    pub(super) fn sign_up(&self) -> SignUp {
        SignUp {
            proof: self.proof.clone(),
            passwords: self.passwords.clone(),
            password_check: self.password_check.clone(),
            password_policy: self.password_policy(),
            is_open: self.is_open(),
            users: Arc::clone(&self.users),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn sign_in(&self) -> SignIn {
        SignIn {
            password_check: self.password_check.clone(),
            entrance: self.entrance(),
            detached: self.detached.clone(),
        }
    }

    pub(super) fn purge_users(&self) -> PurgeUsers {
        PurgeUsers {
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn operations(&self, database: &MeteredDatabase) -> Operations {
        let ground = operations::Ground {
            settings: self.settings,
            database,
            token_keys: self.token_keys(),
            sessions: self.sessions.clone(),
            failures: self.failures.clone(),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        };
        ground.operations()
    }

    pub(super) fn admission(&self, database: &MeteredDatabase) -> Admission {
        Admission {
            tokens: database.operator_tokens(),
            limits: self.limits.clone(),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    pub(super) fn services(&self, origin: &Origin) -> AccountServices {
        AccountServices {
            access_tokens: web::Data::new(self.access_tokens(origin)),
            code_sign_in: web::Data::new(CodeSignIn {
                proof: self.proof.clone(),
                new_accounts: self.new_accounts(),
                passwordless: self.account().passwordless,
                users: Arc::clone(&self.users),
                entrance: self.entrance(),
                detached: self.detached.clone(),
            }),
            code_sign_up: web::Data::new(CodeSignUp {
                proof: self.proof.clone(),
                new_accounts: self.new_accounts(),
                passwords: self.passwords.clone(),
                password_policy: self.password_policy(),
                passwordless: self.account().passwordless,
                entrance: self.entrance(),
                detached: self.detached.clone(),
            }),
            check_code: web::Data::new(CheckCode {
                proof: self.proof.clone(),
                detached: self.detached.clone(),
            }),
            request_own_code: web::Data::new(RequestOwnCode {
                gate: self.gate.clone(),
                send_code: self.send_code.clone(),
                freshness: self.freshness(),
                limits: self.limits.clone(),
                detached: self.detached.clone(),
            }),
            confirm_session: web::Data::new(ConfirmSession {
                reauthentication: self.reauthentication(),
                proof: self.proof.clone(),
                sessions: self.sessions.clone(),
                detached: self.detached.clone(),
            }),
            change_password: web::Data::new(ChangePassword {
                reauthentication: self.reauthentication(),
                password_policy: self.password_policy(),
                passwordless: self.account().passwordless,
                freshness: self.freshness(),
                users: Arc::clone(&self.users),
                sessions: self.sessions.clone(),
                notices: self.notices.clone(),
                detached: self.detached.clone(),
            }),
            reset_password: web::Data::new(ResetPassword {
                proof: self.proof.clone(),
                passwords: self.passwords.clone(),
                password_policy: self.password_policy(),
                users: Arc::clone(&self.users),
                sessions: self.sessions.clone(),
                limits: self.limits.clone(),
                failures: self.failures.clone(),
                notices: self.notices.clone(),
                detached: self.detached.clone(),
            }),
            change_number: web::Data::new(self.change_number()),
            undo_number: web::Data::new(self.undo_number()),
            leave: web::Data::new(Leave {
                freshness: self.freshness(),
                users: Arc::clone(&self.users),
                sessions: self.sessions.clone(),
                notices: self.notices.clone(),
                grace: self.account().deletion_grace,
                detached: self.detached.clone(),
                clock: Arc::clone(&self.clock),
            }),
            restore: web::Data::new(Restore {
                entrance: self.entrance(),
                users: Arc::clone(&self.users),
                detached: self.detached.clone(),
                clock: Arc::clone(&self.clock),
            }),
            profile: web::Data::new(Profile {
                users: Arc::clone(&self.users),
                journal: Arc::clone(&self.journal),
                limits: self.limits.clone(),
                detached: self.detached.clone(),
            }),
            export_data: web::Data::new(ExportData {
                freshness: self.freshness(),
                sessions: self.sessions.clone(),
                journal: Arc::clone(&self.journal),
                limits: self.limits.clone(),
                detached: self.detached.clone(),
            }),
            freshness: web::Data::new(self.freshness()),
        }
    }

    fn access_tokens(&self, origin: &Origin) -> AccessTokens {
        let audiences = self.settings.apps.iter().filter_map(|app| {
            Some(Audience {
                application: app.name.to_string(),
                audience: app.audience.clone()?,
                sees_phone: app.token_mobile,
            })
        });
        AccessTokens {
            keys: self.token_keys(),
            issuer: origin.to_string().into(),
            audiences: audiences.collect(),
            lifetime: self.settings.tokens.lifetime,
            sessions: self.sessions.clone(),
            users: Arc::clone(&self.users),
        }
    }

    fn token_keys(&self) -> TokenKeys {
        TokenKeys::new(
            Arc::clone(&self.signing_keys),
            self.token_sealing.clone(),
            self.settings.tokens.algorithm,
            self.detached.clone(),
            Arc::clone(&self.clock),
        )
    }

    fn change_number(&self) -> ChangeNumber {
        ChangeNumber {
            freshness: self.freshness(),
            proof: self.proof.clone(),
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            notices: self.notices.clone(),
            undo_for: self.account().undo_for,
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn undo_number(&self) -> UndoNumber {
        UndoNumber {
            proof: self.proof.clone(),
            users: Arc::clone(&self.users),
            sessions: self.sessions.clone(),
            failures: self.failures.clone(),
            notices: self.notices.clone(),
            detached: self.detached.clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn account(&self) -> &AccountSettings {
        &self.settings.account
    }

    /// Whether people may sign up.
    fn is_open(&self) -> bool {
        match self.account().sign_up {
            SignUpPolicy::Open => true,
            SignUpPolicy::Closed => false,
        }
    }

    fn password_policy(&self) -> PasswordPolicy {
        self.settings.password.policy
    }

    fn freshness(&self) -> Freshness {
        Freshness::new(self.account().fresh_for, Arc::clone(&self.clock))
    }

    fn entrance(&self) -> Entrance {
        Entrance {
            sessions: self.sessions.clone(),
            users: Arc::clone(&self.users),
            continuations: self.continuations.clone(),
        }
    }

    fn new_accounts(&self) -> NewAccounts {
        NewAccounts {
            is_open: self.is_open(),
            terms: self.terms(),
            users: Arc::clone(&self.users),
            events: self.detached.events().clone(),
            clock: Arc::clone(&self.clock),
        }
    }

    fn terms(&self) -> Terms {
        let brand = &self.settings.brand;
        Terms { current: brand.terms_version.clone(), is_required: brand.require_consent }
    }

    fn reauthentication(&self) -> Reauthentication {
        Reauthentication {
            passwords: self.passwords.clone(),
            limits: self.limits.clone(),
            failures: self.failures.clone(),
        }
    }
}

/// The workers have a place for each thread only, because the queue itself is in front of them.
fn hashing_queue(settings: &PasswordSettings) -> io::Result<FairQueue> {
    let PasswordSettings { slots, queue, .. } = *settings;
    Ok(FairQueue::new(Workers::start("password", slots, slots, Priority::Low)?, queue))
}
