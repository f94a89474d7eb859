use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Freshness, NewChallenge, RequestOwnCode, SendRefusal, Solved};
use passport_pages::{FormView, NumberInput, NumberView, Picture, Refusal};

use super::{
    draft,
    member::Member,
    then::Then,
    unmet::{Unmet, not_requested},
};
use crate::http::pages::{
    context::see_other,
    flow::{self, Flow, FlowKey, FlowPurpose},
    form::Form,
    number_step,
};

const PATH: &str = "/account/number";

/// `GET /account/number`. Before a number is typed, the session has to be fresh.
pub(in crate::http::pages) async fn show(
    request: HttpRequest,
    member: Member,
    freshness: web::Data<Freshness>,
    new_challenge: web::Data<NewChallenge>,
    key: web::Data<FlowKey>,
) -> HttpResponse {
    if freshness.require(&member.person).is_err() {
        return see_other(&Then::read(PATH).confirmation());
    }
    let kept = draft::find(&member, &request, &key);
    let typed = kept.unwrap_or_default();
    let context = &member.context;
    let number = context.site.number(context.language, &typed.mobile, &typed.country);
    let picture = number_step::new_picture(context, &new_challenge).await;
    let mut response = page(&member, number, picture, None);
    if context.cookies.draft(&request).is_some() {
        context.cookies.end_draft(&mut response);
    }
    response
}

/// `POST /account/number`: sends a code to the new number.
pub(in crate::http::pages) async fn send(
    request: HttpRequest,
    member: Member,
    form: Form,
    own_code: web::Data<RequestOwnCode>,
    new_challenge: web::Data<NewChallenge>,
    key: web::Data<FlowKey>,
) -> HttpResponse {
    let refusal = if form.refusal.is_some() || form.asks_to("renew") {
        form.refusal.clone()
    } else {
        match act(&member, &form, &own_code).await {
            Ok(flow) => {
                let mut response = see_other(&flow.address("/account/number/code"));
                flow::store(&request, &mut response, &flow);
                return response;
            }
            Err(unmet) => match unmet.shown(&member, &Then::read(PATH)) {
                Ok(refusal) => Some(refusal),
                Err(mut response) => {
                    draft::keep(&member, &mut response, &form, &key);
                    return response;
                }
            },
        }
    };
    let context = &member.context;
    let picture =
        number_step::picture_after(context, &form, refusal.as_ref(), &new_challenge).await;
    page(&member, number_step::number_input(context, &form), picture, refusal)
}

async fn act(member: &Member, form: &Form, own_code: &RequestOwnCode) -> Result<Flow, Unmet> {
    let context = &member.context;
    let number_step::Typed { phone, challenge, answer } = number_step::read(context, form)?;
    if member.person.user.phone.as_ref() == Some(&phone) {
        return Err(Refusal::NumberPresent.into());
    }
    let (now, solved) = (context.site.clock.now(), Solved { challenge, answer });
    let (person, caller) = (member.person.clone(), context.caller.clone());
    let (sent, is_sent) = match own_code.change_number(person, phone.clone(), solved, caller).await
    {
        Ok(sent) => (sent, true),
        Err(refused) => match not_requested(refused) {
            Err(SendRefusal::DeliveryUnknown { sent, .. }) => (sent, false),
            Err(_) => return Err(Refusal::Server.into()),
            Ok(unmet) => return Err(unmet),
        },
    };
    Ok(Flow::begin(FlowPurpose::ChangeNumber, &phone, sent, is_sent, now))
}

fn page(
    member: &Member,
    number: NumberInput,
    picture: Result<Picture, Refusal>,
    refusal: Option<Refusal>,
) -> HttpResponse {
    let (picture, refusal) = match picture {
        Ok(picture) => (picture, refusal),
        Err(other) => (Picture::default(), refusal.or(Some(other))),
    };
    let view = NumberView {
        form: FormView { refusal: refusal.clone() },
        present: member.mobile(),
        number,
        picture,
    };
    member.respond(refusal.as_ref(), view.render(&member.page()))
}
