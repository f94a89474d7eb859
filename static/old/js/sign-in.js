// The sign-in page.

import { post } from "./api.js";
import { isBusy, setBusy, setReady } from "./busy-button.js";
import { FormErrors } from "./form-errors.js";
import { tidyMobile } from "./mobile.js";
import { preparePasswordField } from "./password-field.js";
import { explain } from "./refusals.js";
import { showSignedIn } from "./signed-in-note.js";

const form = document.getElementById("sign-in");
const mobile = document.getElementById("mobile");
const password = document.getElementById("password");
const submit = document.getElementById("submit");

const errors = new FormErrors({
  mobile: { input: mobile, error: document.getElementById("mobile-error") },
  password: { input: password, error: document.getElementById("password-error") },
  form: { error: document.getElementById("form-error") },
});

async function signIn() {
  if (isBusy(submit)) return;
  errors.clearAll();
  if (!errors.requireAll({ mobile: "missing.mobile", password: "missing.password" })) return;

  setBusy(submit, "signIn.submitting");
  const answer = await post("/passport/login", { mobile: tidyMobile(mobile.value), password: password.value });
  if (answer.ok) {
    location.replace("/account");
    return;
  }
  setReady(submit, "signIn.submit");
  const fault = explain("login", answer);
  errors.show(fault.field, fault.key, fault);
  errors.focusFirst();
}

showSignedIn(document.getElementById("signed-in"));
preparePasswordField(password, document.getElementById("password-show"));
form.addEventListener("submit", (event) => {
  event.preventDefault();
  signIn();
});
