use actix_web::web;
use passport_auth::{
    AccessTokens, ChangeNumber, ChangePassword, CheckCode, CodeSignIn, CodeSignUp, ConfirmSession,
    ExportData, Freshness, Leave, Profile, RequestOwnCode, ResetPassword, Restore, UndoNumber,
};

/// Use cases of accounts. Clones share them.
#[derive(Clone)]
pub(crate) struct AccountServices {
    pub(crate) access_tokens: web::Data<AccessTokens>,
    pub(crate) code_sign_in: web::Data<CodeSignIn>,
    pub(crate) code_sign_up: web::Data<CodeSignUp>,
    pub(crate) check_code: web::Data<CheckCode>,
    pub(crate) request_own_code: web::Data<RequestOwnCode>,
    pub(crate) confirm_session: web::Data<ConfirmSession>,
    pub(crate) change_password: web::Data<ChangePassword>,
    pub(crate) reset_password: web::Data<ResetPassword>,
    pub(crate) change_number: web::Data<ChangeNumber>,
    pub(crate) undo_number: web::Data<UndoNumber>,
    pub(crate) leave: web::Data<Leave>,
    pub(crate) restore: web::Data<Restore>,
    pub(crate) profile: web::Data<Profile>,
    pub(crate) export_data: web::Data<ExportData>,
    pub(crate) freshness: web::Data<Freshness>,
}

impl AccountServices {
    /// Registers each service under its type.
    pub(super) fn inject(self, app: &mut web::ServiceConfig) {
        let Self {
            access_tokens,
            code_sign_in,
            code_sign_up,
            check_code,
            request_own_code,
            confirm_session,
            change_password,
            reset_password,
            change_number,
            undo_number,
            leave,
            restore,
            profile,
            export_data,
            freshness,
        } = self;
        app.app_data(access_tokens)
            .app_data(code_sign_in)
            .app_data(code_sign_up)
            .app_data(check_code)
            .app_data(request_own_code)
            .app_data(confirm_session)
            .app_data(change_password)
            .app_data(reset_password)
            .app_data(change_number)
            .app_data(undo_number)
            .app_data(leave)
            .app_data(restore)
            .app_data(profile)
            .app_data(export_data)
            .app_data(freshness);
    }
}
