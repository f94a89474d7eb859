//! From the settings to the use cases of accounts.

use std::{io, sync::Arc};

use actix_web::web;
use passport_auth::{
    AccessTokens, Admission, ChallengeObserver, Clock, EventObserver, Keys, LimitReach, Ports,
    Rooms, Rules, Terms, TokenKeys,
};
use passport_bridges::SmsSender;
use passport_user::BcryptSha256;
use tokio::runtime::Handle;

use super::{
    challenges,
    metered::MeteredDatabase,
    operations::Ground,
    quotas::{lifetimes, quotas},
    records::{addresses, backoffs},
    stores::Stores,
    traced::TracedSender,
};
use crate::{
    http::AccountServices,
    operations::Operations,
    settings::{Secrets, Settings, SignUpPolicy},
};

/// What the rooms stand on.
pub(super) struct Grounds<'a> {
    pub(super) settings: &'a Settings,
    pub(super) secrets: &'a Secrets,
    pub(super) stores: &'a Stores,
    pub(super) database: &'a MeteredDatabase,
    pub(super) sender: Arc<SmsSender>,
    pub(super) events: Arc<dyn EventObserver>,
    pub(super) challenges: Arc<dyn ChallengeObserver>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Grounds<'_> {
    /// The rooms of accounts, which run their operations on `runtime`.
    pub(super) fn rooms(self, runtime: &Handle) -> io::Result<Rooms> {
        let (keys, rules) = (self.keys(), rules(self.settings));
        Rooms::open(self.ports(), keys, rules, runtime)
    }

    /// Answered challenges are marked in the store of limits. If it ends with the process, so do the
    /// challenges, because they could be answered again.
    fn keys(&self) -> Keys {
        let keys = self.secrets.keys();
        if self.stores.is_shared {
            keys
        } else {
            Keys { challenges: passport_auth::ChallengeKey::random(), ..keys }
        }
    }

    fn ports(self) -> Ports {
        let Self { settings, secrets, stores, database, sender, clock, .. } = &self;
        Ports {
            users: database.users(),
            journal: database.journal(),
            sessions: Arc::clone(&stores.sessions),
            signed_in: Arc::clone(&stores.signed_in),
            codes: Arc::clone(&stores.codes),
            throttle: Arc::clone(&stores.throttle),
            failures: Arc::clone(&stores.failures),
            charged_codes: Arc::clone(&stores.charged_codes),
            answers: Arc::clone(&stores.answers),
            challenge_throttle: Arc::clone(&stores.challenge_throttle),
            charged_answers: Arc::clone(&stores.charged_answers),
            code_sender: Arc::new(TracedSender(Arc::clone(sender) as _)),
            notice_sender: Arc::clone(sender) as _,
            renderer: challenges::renderer(settings, secrets),
            hasher: Arc::new(BcryptSha256::new(settings.password.cost)),
            clock: Arc::clone(clock),
            event_observer: Some(self.events),
            challenge_observer: Some(self.challenges),
        }
    }
}

fn rules(settings: &Settings) -> Rules {
    let Settings { account, brand, captcha, password, .. } = settings;
    Rules {
        countries: settings.phone.countries.clone(),
        code: settings.sms_code.policy,
        code_length: settings.sms_code.length,
        challenge_ttl: captcha.ttl,
        challenges_per_client: settings.limits.challenges_per_ip_minute,
        test_answer: captcha.test_answer.clone(),
        quotas: quotas(settings),
        backoffs: backoffs(&settings.limits),
        lifetimes: lifetimes(settings),
        addresses: addresses(settings),
        is_open: match account.sign_up {
            SignUpPolicy::Open => true,
            SignUpPolicy::Closed => false,
        },
        passwordless: account.passwordless,
        terms: Terms { current: brand.terms_version.clone(), is_required: brand.require_consent },
        password: password.policy,
        hashing_threads: password.slots,
        hashing_queue: password.queue,
        fresh_for: account.fresh_for,
        deletion_grace: account.deletion_grace,
        undo_for: account.undo_for,
    }
}

/// The use cases of accounts, as handlers find them.
pub(super) fn services(rooms: &Rooms, access_tokens: AccessTokens) -> AccountServices {
    AccountServices {
        access_tokens: web::Data::new(access_tokens),
        code_sign_in: web::Data::new(rooms.code_sign_in()),
        code_sign_up: web::Data::new(rooms.code_sign_up()),
        check_code: web::Data::new(rooms.check_code()),
        request_own_code: web::Data::new(rooms.request_own_code()),
        confirm_session: web::Data::new(rooms.confirm_session()),
        change_password: web::Data::new(rooms.change_password()),
        reset_password: web::Data::new(rooms.reset_password()),
        change_number: web::Data::new(rooms.change_number()),
        undo_number: web::Data::new(rooms.undo_number()),
        leave: web::Data::new(rooms.leave()),
        restore: web::Data::new(rooms.restore()),
        profile: web::Data::new(rooms.profile()),
        export_data: web::Data::new(rooms.export_data()),
        freshness: web::Data::new(rooms.freshness()),
    }
}

/// The use cases of operators, over the same rooms.
pub(super) fn operations(
    rooms: &Rooms,
    settings: &Settings,
    database: &MeteredDatabase,
    reach: LimitReach,
    token_keys: TokenKeys,
) -> Operations {
    let ground = Ground {
        settings,
        database,
        token_keys,
        sessions: rooms.sessions.clone(),
        failures: rooms.failures.clone(),
        limits: rooms.limits.clone(),
        reach,
        detached: rooms.detached.clone(),
        clock: Arc::clone(&rooms.clock),
    };
    ground.operations()
}

/// Admission of requests to the API for operators.
pub(super) fn admission(rooms: &Rooms, database: &MeteredDatabase) -> Admission {
    Admission {
        tokens: database.operator_tokens(),
        limits: rooms.limits.clone(),
        detached: rooms.detached.clone(),
        clock: Arc::clone(&rooms.clock),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So a service that embeds the libraries has the rules of this one.
    #[test]
    fn the_defaults_of_the_settings_are_those_of_the_libraries() {
        let settings = Settings::from_pairs([]).unwrap();
        let rules = rules(&settings);
        assert_eq!(format!("{rules:?}"), format!("{:?}", Rules::default()));
    }
}
