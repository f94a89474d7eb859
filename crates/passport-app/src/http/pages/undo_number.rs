use actix_web::{HttpRequest, HttpResponse, web};
use passport_auth::UndoNumber;
use passport_pages::Entry;

use super::{
    code_page,
    context::Context,
    flow::{self, FlowNotice},
    form::Form,
    refusals,
};

/// `POST /undo-number/code`: makes the number that of its account again, which then needs a new password.
pub(super) async fn undo(
    request: HttpRequest,
    context: Context,
    form: Form,
    undo_number: web::Data<UndoNumber>,
) -> HttpResponse {
    let flow = match code_page::find(Entry::UndoNumber, &request, &context) {
        Ok(flow) => flow,
        Err(response) => return *response,
    };
    let outcome = match code_page::read(&flow, &form) {
        Ok((phone, code)) => {
            let client = context.caller.clone();
            undo_number.undo(phone, code, client).await.map_err(refusals::undo_number)
        }
        Err(refusal) => Err(refusal.into()),
    };
    match outcome {
        Ok(()) => {
            let mut response = context.go_on(&flow.address(Entry::Forgot.path()));
            let over = flow.over(FlowNotice::NumberRestored, context.site.clock.now());
            flow::store(&request, &mut response, &over);
            response
        }
        Err(obstacle) => {
            code_page::stopped(Entry::UndoNumber, &request, &context, &flow, &form, obstacle)
        }
    }
}
