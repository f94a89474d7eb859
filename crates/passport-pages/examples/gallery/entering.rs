//! Pages on the way into an account.

use std::time::Duration;

use passport_pages::{
    App, CodeView, Country, Destination, Entry, FormView, Markup, NewPasswordView, Notice,
    NumberInput, NumberView, OnwardView, OutcomeView, Page, PasswordRules, PasswordStep, Picture,
    Refusal, RestoreView, Sent, SignInPasswordView,
};
use time::macros::datetime;

use super::State;

pub(crate) const STATES: &[State] = &[
    State::new("sign-in", |page| number(Entry::SignIn).render(page)),
    State::new("sign-in-picture-wrong", |page| refused(Refusal::PictureWrong, page)),
    State::new("sign-in-limit", |page| refused(Refusal::SendLimit(Duration::from_mins(42)), page)),
    State::new("sign-in-code-just-sent", |page| {
        refused(Refusal::CodeSent(Duration::from_secs(47)), page)
    }),
    State::new("sign-in-onward", |page| to_shop(page, |page| number(Entry::SignIn).render(page))),
    State::told("sign-in-return-unknown", Notice::ReturnUnknown, |page| {
        number(Entry::SignIn).render(page)
    }),
    // The other page of this kind leaves at once.
    State::new("sent-back", |page| to_shop(page, |page| OnwardView::SentBack.render(page))),
    State::new("sign-in-cookies", |page| refused(Refusal::Cookies, page)),
    State::new("sign-in-unavailable", |page| {
        let form = FormView::refused(Refusal::Unavailable);
        NumberView { form, picture: Picture::default(), ..number(Entry::SignIn) }.render(page)
    }),
    State::new("sign-in-again", |page| {
        let sent = Sent {
            mobile: "138****8000",
            href: "/sign-in/code?f=abcdefgh",
            resend_in: Duration::from_secs(47),
        };
        NumberView { sent: Some(sent), ..number(Entry::SignIn) }.render(page)
    }),
    State::told("sign-in-number-taken", Notice::NumberTaken, |page| {
        number(Entry::SignIn).render(page)
    }),
    State::told("sign-in-expired", Notice::Expired, |page| number(Entry::SignIn).render(page)),
    State::new("sign-in-password", |page| password_sign_in(FormView::default(), page)),
    State::new("sign-in-password-wrong", |page| {
        password_sign_in(FormView::refused(Refusal::CredentialsWrong), page)
    }),
    State::told("sign-in-password-reset", Notice::PasswordReset, |page| {
        password_sign_in(FormView::default(), page)
    }),
    State::new("sign-in-code", |page| code(Entry::SignIn, None, page)),
    State::new("sign-in-code-wrong", |page| {
        code(Entry::SignIn, Some(Refusal::CodeWrong { tries_left: 3 }), page)
    }),
    State::new("sign-in-code-gone", |page| code(Entry::SignIn, Some(Refusal::CodeGone), page)),
    State::new("sign-in-code-unknown", |page| {
        CodeView { is_sent: false, ..code_view(Entry::SignIn, None) }.render(page)
    }),
    State::new("sign-in-code-expired", |page| {
        let expired = Duration::ZERO;
        let view = code_view(Entry::SignIn, None);
        CodeView { expires_in: expired, resend_in: expired, ..view }.render(page)
    }),
    State::new("sign-in-code-consent", |page| {
        let view = code_view(Entry::SignIn, Some(Refusal::ConsentMissing));
        CodeView { typed: "123456", consent: Some(false), ..view }.render(page)
    }),
    State::new("restore", |page| restore().render(page)),
    State::new("outcome-no-account", |page| outcome(Entry::SignIn, &Refusal::NoAccount, page)),
    State::new("outcome-kept-back", |page| outcome(Entry::SignIn, &Refusal::KeptBack, page)),
    State::new("outcome-disabled", |page| outcome(Entry::SignIn, &Refusal::Disabled, page)),
    State::new("outcome-closed", |page| outcome(Entry::SignUp, &Refusal::SignUpClosed, page)),
    State::new("outcome-nothing-to-undo", |page| {
        outcome(Entry::UndoNumber, &Refusal::NothingToUndo, page)
    }),
    State::new("sign-up", |page| number(Entry::SignUp).render(page)),
    State::new("sign-up-consent", |page| {
        NumberView { consent: Some(false), ..number(Entry::SignUp) }.render(page)
    }),
    State::new("sign-up-consent-missing", |page| {
        let form = FormView::refused(Refusal::ConsentMissing);
        NumberView { form, consent: Some(false), ..number(Entry::SignUp) }.render(page)
    }),
    State::new("sign-up-code", |page| code(Entry::SignUp, None, page)),
    State::new("sign-up-password", |page| new_password(PasswordStep::NewAccount, None, page)),
    State::new("sign-up-password-optional", |page| {
        new_password(PasswordStep::FirstPassword, None, page)
    }),
    State::new("sign-up-password-common", |page| {
        new_password(PasswordStep::FirstPassword, Some(Refusal::PasswordCommon), page)
    }),
    State::new("forgot", |page| number(Entry::Forgot).render(page)),
    State::told("forgot-number-restored", Notice::NumberRestored, |page| {
        number(Entry::Forgot).render(page)
    }),
    State::new("forgot-code", |page| code(Entry::Forgot, None, page)),
    State::new("forgot-password", |page| new_password(PasswordStep::Reset, None, page)),
    State::new("forgot-password-short", |page| {
        new_password(PasswordStep::Reset, Some(Refusal::PasswordShort { min: 8 }), page)
    }),
    State::new("undo-number", |page| number(Entry::UndoNumber).render(page)),
    State::new("undo-number-code", |page| code(Entry::UndoNumber, None, page)),
];

pub(crate) fn number_input() -> NumberInput {
    let country = |code: &str, name: &str, calling_code: &str, example: &str| Country {
        code: code.to_owned(),
        name: name.to_owned(),
        calling_code: calling_code.to_owned(),
        example: example.to_owned(),
    };
    NumberInput {
        typed: "13800138000".to_owned(),
        countries: vec![
            country("CN", "China", "86", "131 2345 6789"),
            country("HK", "Hong Kong", "852", "5123 4567"),
        ],
        chosen: "CN".to_owned(),
    }
}

fn number(entry: Entry) -> NumberView<'static> {
    NumberView {
        entry,
        action: entry.path(),
        form: FormView::default(),
        number: number_input(),
        picture: Picture { id: "A".repeat(48), length: 5, size: (176, 56), typed: String::new() },
        remember: false,
        consent: None,
        sign_up_is_open: true,
        sent: None,
    }
}

fn refused(refusal: Refusal, page: &Page<'_>) -> Markup {
    NumberView { form: FormView::refused(refusal), ..number(Entry::SignIn) }.render(page)
}

fn password_sign_in(form: FormView, page: &Page<'_>) -> Markup {
    let view = SignInPasswordView {
        action: "/sign-in/password",
        form,
        number: number_input(),
        remember: true,
        sign_up_is_open: true,
    };
    view.render(page)
}

fn code(entry: Entry, refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    code_view(entry, refusal).render(page)
}

fn code_view(entry: Entry, refusal: Option<Refusal>) -> CodeView<'static> {
    CodeView {
        form: FormView { refusal },
        entry: Some(entry),
        action: "/sign-in/code?f=abcdefgh",
        back: "/sign-in?f=abcdefgh",
        mobile: "138****8000",
        is_sent: true,
        typed: "",
        consent: None,
        length: 6,
        expires_in: Duration::from_mins(5),
        resend_in: Duration::from_secs(47),
    }
}

fn new_password(step: PasswordStep, refusal: Option<Refusal>, page: &Page<'_>) -> Markup {
    let view = NewPasswordView {
        form: FormView { refusal },
        step,
        action: "/sign-up/password",
        mobile: "+8613800138000",
        consent: None,
        rules: PasswordRules { min: 8, max: 128 },
    };
    view.render(page)
}

fn restore() -> RestoreView<'static> {
    RestoreView {
        form: FormView::default(),
        action: "/sign-in/restore?f=abcdefgh",
        purge_at: datetime!(2026-12-06 12:00 UTC),
    }
}

fn outcome(entry: Entry, refusal: &Refusal, page: &Page<'_>) -> Markup {
    OutcomeView { entry, refusal, back: "/sign-in?f=abcdefgh", sign_up_is_open: true }.render(page)
}

fn to_shop(page: &Page<'_>, render: impl Fn(&Page<'_>) -> Markup) -> Markup {
    let app = App { title: ["Shop", "小店", "小店"].map(str::to_owned), ..App::default() };
    let destination = Destination { href: "https://shop.example/", query: "", app: &app };
    render(&Page { destination: Some(destination), ..page.clone() })
}
