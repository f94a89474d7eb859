use actix_web::{HttpResponse, web};
use passport_auth::Profile;
use passport_pages::{FormView, NameView, Notice, Refusal};
use passport_user::NickName;

use super::{
    member::Member,
    unmet::{self, denied},
};
use crate::http::pages::form::Form;

/// `GET /account/name`
pub(in crate::http::pages) async fn show(member: Member) -> HttpResponse {
    page(&member, member.person.user.nick_name.as_str(), None)
}

/// `POST /account/name`
pub(in crate::http::pages) async fn rename(
    member: Member,
    form: Form,
    profile: web::Data<Profile>,
) -> HttpResponse {
    match act(&member, &form, &profile).await {
        Ok(()) => member.context.see_other_with("/account", Notice::Renamed),
        Err(refusal) => page(&member, form.trimmed("nick_name"), Some(&refusal)),
    }
}

async fn act(member: &Member, form: &Form, profile: &Profile) -> Result<(), Refusal> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone());
    }
    let name: NickName = form.text("nick_name").parse().map_err(unmet::name)?;
    let caller = member.context.caller.clone();
    let renamed = profile.rename(member.person.clone(), name, caller).await;
    renamed.map(drop).map_err(|cause| denied(&cause))
}

fn page(member: &Member, name: &str, refusal: Option<&Refusal>) -> HttpResponse {
    let view = NameView { form: FormView { refusal: refusal.cloned() }, name };
    member.respond(refusal, view.render(&member.page()))
}
