use actix_web::{HttpResponse, web};
use passport_auth::{ChangePassword, ChangePasswordError, Freshness, NewPassword, PasswordChange};
use passport_pages::{AccountPasswordView, FormView, Notice, Refusal};
use passport_user::Password;

use super::{member::Member, then::Then, unmet::Unmet};
use crate::http::pages::{context::see_other, form::Form, refusals::new_password};

const PATH: &str = "/account/password";

/// `GET /account/password`. Before the first password is typed, the session has to be fresh.
pub(in crate::http::pages) async fn show(
    member: Member,
    freshness: web::Data<Freshness>,
) -> HttpResponse {
    let has_password = member.person.user.password_hash.is_some();
    if !has_password && freshness.require(&member.person).is_err() {
        return see_other(&Then::read(PATH).confirmation());
    }
    page(&member, false, FormView::default(), FormView::default(), None)
}

/// `POST /account/password`: sets, changes or removes the password.
pub(in crate::http::pages) async fn act(
    member: Member,
    form: Form,
    change_password: web::Data<ChangePassword>,
) -> HttpResponse {
    let removes = form.asks_to("remove");
    let changed = if removes {
        remove(&member, &form, &change_password).await
    } else {
        change(&member, &form, &change_password).await
    };
    let unmet = match changed {
        Ok(PasswordChange { renewed, .. }) => {
            let notice = match (removes, member.person.user.password_hash.is_some()) {
                (true, _) => Notice::PasswordRemoved,
                (false, true) => Notice::PasswordChanged,
                (false, false) => Notice::PasswordSet,
            };
            let mut response = member.context.see_other_with("/account", notice);
            member.context.renew_session(&mut response, renewed.as_ref());
            return response;
        }
        Err(unmet) => unmet,
    };
    unmet.answer(&member, &Then::read(PATH), |refusal| {
        let refused = || FormView::refused(refusal.clone());
        let (set, removal) = if removes {
            (FormView::default(), refused())
        } else {
            (refused(), FormView::default())
        };
        page(&member, form.is_ticked("keep_sessions"), set, removal, Some(refusal))
    })
}

async fn change(
    member: &Member,
    form: &Form,
    change_password: &ChangePassword,
) -> Result<PasswordChange, Unmet> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let has_password = member.person.user.password_hash.is_some();
    if has_password && form.text("current").is_empty() {
        return Err(Refusal::FormerPasswordMissing.into());
    }
    // No account has a password that this type refuses, so the answer is the usual one.
    let current = has_password.then(|| Password::new(form.text("current"))).transpose();
    let rules = member.context.site.password_rules;
    let new = NewPassword {
        current: current.map_err(|_| Refusal::FormerPasswordWrong)?,
        password: Password::new(form.text("password"))
            .map_err(|_| Refusal::PasswordLong { max: rules.max })?,
        keep_sessions: form.is_ticked("keep_sessions"),
    };
    let caller = member.context.caller.clone();
    change_password.change(member.person.clone(), new, caller).await.map_err(refused)
}

async fn remove(
    member: &Member,
    form: &Form,
    change_password: &ChangePassword,
) -> Result<PasswordChange, Unmet> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let caller = member.context.caller.clone();
    change_password.remove(member.person.clone(), caller).await.map_err(refused)
}

fn refused(refused: ChangePasswordError) -> Unmet {
    match refused {
        ChangePasswordError::Denied(denied) => denied.into(),
        ChangePasswordError::Password(refusal) => new_password(refusal).into(),
        ChangePasswordError::WrongProof(_) => Refusal::FormerPasswordWrong.into(),
        ChangePasswordError::NotFresh(_) => Unmet::NotFresh,
        ChangePasswordError::PasswordRequired => Refusal::PasswordRequired.into(),
        ChangePasswordError::Conflict => Refusal::Conflict.into(),
    }
}

fn page(
    member: &Member,
    keep_sessions: bool,
    form: FormView,
    removal: FormView,
    refusal: Option<&Refusal>,
) -> HttpResponse {
    let site = &member.context.site;
    let view = AccountPasswordView {
        form,
        removal,
        has_password: member.person.user.password_hash.is_some(),
        can_be_removed: site.passwordless,
        keep_sessions,
        rules: site.password_rules,
    };
    member.respond(refusal, view.render(&member.page()))
}
