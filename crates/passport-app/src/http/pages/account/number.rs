use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::{Freshness, NewChallenge, RequestOwnCode, SendRefusal, Solved};
use passport_pages::{ChangeNumberView, FormView, NumberInput, Picture, Refusal};

use super::{
    member::Member,
    then::Then,
    unmet::{Unmet, not_requested},
};
use crate::http::pages::{
    context::see_other,
    flow::{self, Flow, FlowPurpose, Stage},
    form::Form,
    number_step,
};

const PATH: &str = "/account/number";

/// `GET /account/number`, with the number of a flow of the browser. Before a number is typed, the session
/// has to be fresh.
pub(in crate::http::pages) async fn show(
    request: HttpRequest,
    member: Member,
    freshness: web::Data<Freshness>,
    new_challenge: web::Data<NewChallenge>,
) -> HttpResponse {
    let flow = flow::find(&request, FlowPurpose::ChangeNumber);
    if freshness.require(&member.person).is_err() {
        let address = flow.map_or_else(|| PATH.to_owned(), |flow| flow.address(PATH));
        return see_other(&Then::read(&address).confirmation());
    }
    let context = &member.context;
    let typed = flow.as_ref().map(Flow::number);
    let (mobile, country) = typed.map_or(("", ""), |number| (&number.typed, &number.country));
    let number = context.site.number(context.language, mobile, country);
    let picture = number_step::new_picture(context, &new_challenge).await;
    page(&member, number, picture, None)
}

/// `POST /account/number`: sends a code to the new number.
pub(in crate::http::pages) async fn send(
    request: HttpRequest,
    member: Member,
    form: Form,
    own_code: web::Data<RequestOwnCode>,
    new_challenge: web::Data<NewChallenge>,
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
            Err(Unmet::NotFresh) => return confirm_first(&request, &member, &form),
            Err(Unmet::SessionEnded) => return member.signed_out(),
            Err(Unmet::Refused(refusal)) => Some(refusal),
        }
    };
    let context = &member.context;
    let picture =
        number_step::picture_after(context, &form, refusal.as_ref(), &new_challenge).await;
    page(&member, number_step::number_input(context, &form), picture, refusal)
}

/// Has the session confirmed, and keeps the number that was typed until then.
fn confirm_first(request: &HttpRequest, member: &Member, form: &Form) -> HttpResponse {
    let Ok(phone) = number_step::number(&member.context, form) else {
        return see_other(&Then::read(PATH).confirmation());
    };
    let number = number_step::typed_number(form, &phone);
    let now = member.context.site.clock.now();
    let flow = Flow::without_code(FlowPurpose::ChangeNumber, number, Stage::Over, now);
    let mut response = see_other(&Then::read(&flow.address(PATH)).confirmation());
    flow::store(request, &mut response, &flow);
    response
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
    let number = number_step::typed_number(form, &phone);
    Ok(Flow::begin(FlowPurpose::ChangeNumber, number, sent, is_sent, now))
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
    let view = ChangeNumberView {
        form: FormView { refusal: refusal.clone() },
        present: member.mobile(),
        number,
        picture,
    };
    member.respond(refusal.as_ref(), view.render(&member.page()))
}
