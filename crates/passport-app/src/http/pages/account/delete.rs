use actix_web::{HttpResponse, web};
use passport_auth::{Leave, LeaveError, Leaving};
use passport_pages::{DeleteView, FormView, Notice, Refusal};

use super::{member::Member, then::Then, unmet::Unmet};
use crate::http::pages::form::Form;

const PATH: &str = "/account/delete";

/// `GET /account/delete`
pub(in crate::http::pages) async fn show(member: Member) -> HttpResponse {
    page(&member, None)
}

/// `POST /account/delete`: requests the deletion, and signs out.
pub(in crate::http::pages) async fn leave(
    member: Member,
    form: Form,
    leave: web::Data<Leave>,
) -> HttpResponse {
    match act(&member, &form, &leave).await {
        Ok(Leaving { purge_at }) => {
            let notice = if member.context.site.deletion_grace.is_zero() {
                Notice::Deleted
            } else {
                Notice::Leaving { purge_at }
            };
            let mut response = member.context.see_other_with("/sign-in", notice);
            member.context.cookies.end_session(&mut response);
            response
        }
        Err(unmet) => {
            unmet.answer(&member, &Then::read(PATH), |refusal| page(&member, Some(refusal)))
        }
    }
}

async fn act(member: &Member, form: &Form, leave: &Leave) -> Result<Leaving, Unmet> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let (person, caller) = (member.person.clone(), member.context.caller.clone());
    leave.leave(person, caller).await.map_err(|refused| match refused {
        LeaveError::Denied(denied) => denied.into(),
        LeaveError::NotFresh(_) => Unmet::NotFresh,
        LeaveError::Conflict => Refusal::Conflict.into(),
    })
}

fn page(member: &Member, refusal: Option<&Refusal>) -> HttpResponse {
    let site = &member.context.site;
    let purge_at = site.clock.now() + site.deletion_grace;
    let view = DeleteView {
        form: FormView { refusal: refusal.cloned() },
        name: member.person.user.nick_name.as_str(),
        mobile: member.mobile(),
        purge_at: (!site.deletion_grace.is_zero()).then_some(purge_at),
    };
    member.respond(refusal, view.render(&member.page()))
}
