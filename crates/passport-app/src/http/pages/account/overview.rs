use actix_web::HttpResponse;
use passport_pages::{AccountView, FormView};

use super::member::Member;

/// `GET /account`
pub(in crate::http::pages) async fn show(member: Member) -> HttpResponse {
    let (user, session) = (&member.person.user, &member.person.session);
    let view = AccountView {
        form: FormView::default(),
        name: user.nick_name.as_str(),
        mobile: member.mobile(),
        has_password: user.password_hash.is_some(),
        member_since: user.created_at,
        signed_in_at: session.created_at,
        latest_sign_in: user.last_login_at,
        apps: member.context.site.apps.all(),
    };
    member.respond(None, view.render(&member.page()))
}
