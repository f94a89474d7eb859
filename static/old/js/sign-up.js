// The sign-up page.

import { preparePasswordField } from "./password-field.js";
import { preparePasswordRules } from "./password-rules.js";
import { prepareRegister } from "./register.js";
import { prepareSendCode } from "./send-code.js";
import settings from "./settings.js";
import { showSignedIn } from "./signed-in-note.js";
import { mobile, password } from "./sign-up-form.js";

showSignedIn(document.getElementById("signed-in"));
preparePasswordField(password, document.getElementById("password-show"));
preparePasswordRules({ input: password, mobile, rules: document.getElementById("password-rules") });
prepareSendCode();
prepareRegister();
document.getElementById("dev-note").hidden = !settings.hasInbox;
