//! Pages of the account.

use std::time::Duration;

use passport_pages::{
    AccountPasswordView, AccountView, ChangeNumberView, CodeView, ConfirmProof, ConfirmView,
    DataView, DeleteView, DeviceItem, DevicesView, FormView, Happening, HistoryActor, HistoryItem,
    HistoryView, Markup, NameView, Notice, Page, PasswordRules, Picture, Refusal, SignOutView,
};
use time::{OffsetDateTime, macros::datetime};

use super::{State, entering::number_input};

const NOW: OffsetDateTime = datetime!(2026-11-29 18:35:07 UTC);
const MOBILE: &str = "138****8000";

pub(crate) const STATES: &[State] = &[
    State::new("account", |page| overview(true).render(page)),
    State::new("account-without-password", |page| overview(false).render(page)),
    State::told("account-renamed", Notice::Renamed, |page| overview(true).render(page)),
    State::told("account-number-changed", Notice::NumberChanged { undo_until: NOW }, |page| {
        overview(true).render(page)
    }),
    State::new("account-name", |page| name("小明", None, page)),
    State::new("account-name-empty", |page| name("", Some(Refusal::NameEmpty), page)),
    State::new("account-name-invisible", |page| name("ab", Some(Refusal::NameInvisible), page)),
    State::new("account-name-number", |page| name("13800138000", Some(Refusal::NameNumber), page)),
    State::new("account-name-limit", |page| {
        name("小明", Some(Refusal::Limit(Duration::from_hours(5))), page)
    }),
    State::new("account-name-stale", |page| name("小明", Some(Refusal::Stale), page)),
    State::new("account-password", |page| password(None, None).render(page)),
    State::new("account-password-first", |page| {
        AccountPasswordView { has_password: false, ..password(None, None) }.render(page)
    }),
    State::new("account-password-wrong", |page| {
        password(Some(Refusal::FormerPasswordWrong), None).render(page)
    }),
    State::new("account-password-common", |page| {
        password(Some(Refusal::PasswordCommon), None).render(page)
    }),
    State::new("account-password-removal-refused", |page| {
        password(None, Some(Refusal::Conflict)).render(page)
    }),
    State::told("account-password-confirmed", Notice::Confirmed, |page| {
        password(None, None).render(page)
    }),
    State::new("account-number", |page| number(None, page)),
    State::new("account-number-present", |page| number(Some(Refusal::NumberPresent), page)),
    State::new("account-number-picture-wrong", |page| number(Some(Refusal::PictureWrong), page)),
    State::new("account-number-limit", |page| {
        number(Some(Refusal::SendLimit(Duration::from_mins(42))), page)
    }),
    State::new("account-number-code", |page| number_code(None, page)),
    State::new("account-number-code-taken", |page| number_code(Some(Refusal::NumberTaken), page)),
    State::new("account-number-code-too-often", |page| {
        number_code(Some(Refusal::TooManyChanges), page)
    }),
    State::new("account-devices", |page| devices(None, page)),
    State::new("account-devices-gone", |page| devices(Some(Refusal::DeviceGone), page)),
    State::told("account-devices-ended", Notice::OthersEnded { count: 2 }, |page| {
        devices(None, page)
    }),
    State::new("account-history", |page| history(false).render(page)),
    State::new("account-history-older", |page| history(true).render(page)),
    State::new("account-history-empty", |page| {
        HistoryView { events: Vec::new(), is_continued: true, older: None }.render(page)
    }),
    State::new("account-data", |page| data(None, page)),
    State::new("account-data-limit", |page| {
        data(Some(Refusal::Limit(Duration::from_hours(20))), page)
    }),
    State::new("account-delete", |page| delete(Some(NOW), None, page)),
    State::new("account-delete-at-once", |page| delete(None, None, page)),
    State::new("account-delete-conflict", |page| delete(Some(NOW), Some(Refusal::Conflict), page)),
    State::new("account-confirm-password", |page| confirm(ConfirmProof::Password, None, page)),
    State::new("account-confirm-password-wrong", |page| {
        confirm(ConfirmProof::Password, Some(Refusal::PasswordWrong), page)
    }),
    State::new("account-confirm-wait", |page| {
        let refusal = Refusal::Wait(Duration::from_secs(30));
        confirm(ConfirmProof::Password, Some(refusal), page)
    }),
    State::new("account-confirm-stopped", |page| {
        confirm(ConfirmProof::Password, Some(Refusal::ConfirmationsStopped), page)
    }),
    State::new("account-confirm-send", |page| {
        confirm(ConfirmProof::Code { mobile: MOBILE }, None, page)
    }),
    State::new("account-confirm-no-number", |page| {
        confirm(ConfirmProof::Code { mobile: "" }, Some(Refusal::NoNumber), page)
    }),
    State::new("account-confirm-code", |page| confirm(SENT, None, page)),
    State::new("account-confirm-code-wrong", |page| {
        confirm(SENT, Some(Refusal::CodeWrong { tries_left: 2 }), page)
    }),
    State::new("sign-out", |page| sign_out(FormView::default(), page)),
    State::new("sign-out-stale", |page| sign_out(FormView::refused(Refusal::Stale), page)),
];

const SENT: ConfirmProof<'static> = ConfirmProof::SentCode {
    mobile: MOBILE,
    is_sent: true,
    length: 6,
    expires_in: Duration::from_mins(5),
    resend_in: Duration::from_secs(47),
    again: "/account/confirm?then=/account/delete",
};

fn overview(has_password: bool) -> AccountView<'static> {
    AccountView {
        form: FormView::default(),
        name: "小明 & Zoë",
        mobile: Some(MOBILE),
        has_password,
        member_since: datetime!(2025-03-01 08:00 UTC),
        signed_in_at: NOW,
        latest_sign_in: Some(NOW),
        apps: &[],
    }
}

fn name(name: &str, refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    NameView { form: FormView { refusal }, name }.render(page)
}

fn password(set: Option<Refusal>, removal: Option<Refusal>) -> AccountPasswordView {
    AccountPasswordView {
        form: FormView { refusal: set },
        removal: FormView { refusal: removal },
        has_password: true,
        can_be_removed: true,
        keep_sessions: false,
        rules: PasswordRules { min: 8, max: 128 },
    }
}

fn number(refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    let view = ChangeNumberView {
        form: FormView { refusal },
        present: Some(MOBILE),
        number: number_input(),
        picture: Picture { id: "A".repeat(48), length: 5, size: (176, 56), typed: String::new() },
    };
    view.render(page)
}

fn number_code(refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    let view = CodeView {
        form: FormView { refusal },
        entry: None,
        action: "/account/number/code?f=abcdefgh",
        back: "/account/number?f=abcdefgh",
        mobile: "139****9000",
        is_sent: true,
        length: 6,
        typed: "",
        consent: None,
        expires_in: Duration::from_mins(5),
        resend_in: Duration::from_secs(47),
    };
    view.render(page)
}

fn devices(refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    let device = |browser, system, is_app, is_current| DeviceItem {
        id: "0190f3a0-0000-7000-8000-000000000000".to_owned(),
        browser,
        system,
        is_app,
        address: "203.0.113.0/24".to_owned(),
        since: datetime!(2026-11-01 08:00 UTC),
        last_seen: NOW,
        is_current,
    };
    let devices = vec![
        device("Firefox", "Linux", false, true),
        device("Safari", "iOS", false, false),
        device("", "", true, false),
        device("", "", false, false),
    ];
    DevicesView { form: FormView { refusal }, devices }.render(page)
}

fn history(is_continued: bool) -> HistoryView<'static> {
    let item = |what: &Happening, is_refused, actor| HistoryItem {
        at: NOW,
        what: *what,
        is_refused,
        actor,
        address: Some("2001:db8:85a3:8d3:1319:8a2e:370:7348"),
        is_here: is_refused,
    };
    let done = Happening::ALL.iter().map(|what| item(what, false, HistoryActor::You));
    let refused = Happening::ALL.iter().map(|what| item(what, true, HistoryActor::Unknown));
    HistoryView {
        events: done.chain(refused).collect(),
        is_continued,
        older: Some("/account/history?after=0190f3a0-0000-7000-8000-000000000000".to_owned()),
    }
}

fn data(refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    DataView { form: FormView { refusal } }.render(page)
}

fn delete(purge_at: Option<OffsetDateTime>, refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    let form = FormView { refusal };
    DeleteView { form, name: "小明", mobile: Some(MOBILE), purge_at }.render(page)
}

fn confirm(proof: ConfirmProof<'_>, refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    let action = "/account/confirm?then=/account/delete";
    ConfirmView { form: FormView { refusal }, action, proof }.render(page)
}

fn sign_out(form: FormView, page: &Page<'_>) -> Markup {
    SignOutView { form, name: Some("小明") }.render(page)
}
