// Second step of sign-up: creates the account with the code, then signs in with the new password.

import { post } from "./api.js";
import { isBusy, setBusy, setReady } from "./busy-button.js";
import { tidyMobile } from "./mobile.js";
import { explain } from "./refusals.js";
import { codeWasSent, forgetCountdown } from "./send-code.js";
import { errors, form, mobile, password, smsCode } from "./sign-up-form.js";
import { stopWaitingForCode } from "./web-otp.js";

const submit = document.getElementById("submit");
const taken = document.getElementById("mobile-taken");

function refuse(answer) {
  setReady(submit, "signUp.submit");
  const fault = explain("register", answer);
  taken.hidden = fault.key !== "refusal.taken";
  errors.show(fault.field, fault.key, fault);
  errors.focusFirst();
}

async function register() {
  if (isBusy(submit)) return;
  errors.clearAll();
  taken.hidden = true;
  const filled = errors.requireAll({
    mobile: "missing.mobile",
    smsCode: codeWasSent() ? "missing.smsCode" : "missing.smsCodeUnsent",
    password: "missing.password",
  });
  if (!filled) return;

  stopWaitingForCode();
  setBusy(submit, "signUp.submitting");
  const account = { mobile: tidyMobile(mobile.value), password: password.value };
  const code = smsCode.value.normalize("NFKC").replace(/\s/g, "");
  const answer = await post("/passport/register", { ...account, sms_code: code });
  if (!answer.ok) {
    refuse(answer);
    return;
  }
  forgetCountdown();
  // Registering does not sign in; the password that was just chosen need not be typed again.
  const signedIn = await post("/passport/login", account);
  location.replace(signedIn.ok ? "/account" : "/sign-in");
}

export function prepareRegister() {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    register();
  });
  mobile.addEventListener("input", () => {
    taken.hidden = true;
  });
}
