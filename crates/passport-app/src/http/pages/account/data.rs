use actix_web::{HttpResponse, http::header, web};
use passport_auth::{ExportData, ExportError, PersonalData};
use passport_pages::{DataView, FormView, Refusal};

use super::{member::Member, then::Then, unmet::Unmet};
use crate::http::{api::ExportResponse, pages::form::Form};

const PATH: &str = "/account/data";

/// `GET /account/data`
pub(in crate::http::pages) async fn show(member: Member) -> HttpResponse {
    page(&member, None)
}

/// `POST /account/data`: everything that is kept of the person, as a file.
pub(in crate::http::pages) async fn download(
    member: Member,
    form: Form,
    export_data: web::Data<ExportData>,
) -> HttpResponse {
    match act(&member, &form, &export_data).await {
        Ok(data) => file(&member, &data),
        Err(unmet) => {
            unmet.answer(&member, &Then::read(PATH), |refusal| page(&member, Some(refusal)))
        }
    }
}

async fn act(
    member: &Member,
    form: &Form,
    export_data: &ExportData,
) -> Result<PersonalData, Unmet> {
    if let Some(refusal) = &form.refusal {
        return Err(refusal.clone().into());
    }
    let (person, caller) = (member.person.clone(), member.context.caller.clone());
    export_data.export(person, caller).await.map_err(|refused| match refused {
        ExportError::Denied(denied) => denied.into(),
        ExportError::NotFresh(_) => Unmet::NotFresh,
    })
}

fn file(member: &Member, data: &PersonalData) -> HttpResponse {
    let today = member.context.site.clock.now().date();
    let disposition = format!("attachment; filename=\"account-{today}.json\"");
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .json(ExportResponse::of(data, member.person.session.id))
}

fn page(member: &Member, refusal: Option<&Refusal>) -> HttpResponse {
    let view = DataView { form: FormView { refusal: refusal.cloned() } };
    member.respond(refusal, view.render(&member.page()))
}
