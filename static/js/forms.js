// Submits forms without a new page load.
//
// After any fault of this script the form is submitted as it would be without it. That is safe, because a form carries
// the id of its attempt: the server performs an attempt once, and answers it again.

import { request, show } from "./visit.js";

const isBusy = (form) => form.dataset.state === "busy";

function failureText(failure) {
  const texts = document.getElementById("failures").content;
  return texts.querySelector(`[data-failure=${failure}]`).textContent;
}

// aria-disabled, because `disabled` would take away the focus.
function setBusy(form, pressed) {
  // "Enter" presses a button that is not shown and has no name.
  const button = pressed?.name ? pressed : form.querySelector(".button-main") ?? pressed;
  form.dataset.state = "busy";
  if (!button) return () => delete form.dataset.state;
  const label = Array.from(button.childNodes);
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  if (button.dataset.busy) button.textContent = button.dataset.busy;
  return () => {
    delete form.dataset.state;
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
    button.replaceChildren(...label);
  };
}

const destination = (form, button) => button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;

/** A sign-in whose answer was lost has changed the token, which the form repeats from its cookie. */
function renewToken(form) {
  const cookie = /(?:^|; )(?:__Host-)?csrf_token=([^;]+)/.exec(document.cookie);
  if (cookie) form.querySelector("[name=csrf_token]").value = cookie[1];
}

async function submit(form, button) {
  const error = form.querySelector("[data-form-error]");
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  error.textContent = "";
  const setReady = setBusy(form, button);
  const answer = await request(destination(form, button), { method: "POST", body });
  if (answer.failure) {
    setReady();
    renewToken(form);
    error.textContent = failureText(answer.failure);
    return;
  }
  show(answer);
  // The number is typed already; the next thing to type is what the new picture shows.
  if (button?.value === "renew") document.querySelector("[data-challenge] .input")?.focus();
}

function submitPlainly(form, button) {
  renewToken(form);
  if (button?.name) {
    const pressed = document.createElement("input");
    Object.assign(pressed, { type: "hidden", name: button.name, value: button.value });
    form.append(pressed);
  }
  form.setAttribute("action", destination(form, button));
  // A field named "submit" would hide the method of the form.
  HTMLFormElement.prototype.submit.call(form);
}

// Safari 15.0 to 15.3 have no `submitter`. "Enter" in a field presses the first button.
let pressed;

function onSubmit(event) {
  const form = event.target;
  const button = event.submitter ?? (pressed?.form === form ? pressed : undefined);
  if (form.getAttribute("method")?.toLowerCase() !== "post" || "plain" in form.dataset) return;
  event.preventDefault();
  if (isBusy(form)) return;
  submit(form, button).catch((fault) => {
    console.warn(fault);
    submitPlainly(form, button);
  });
}

/** A fault is no longer told once its field changes. */
function onInput({ target: input }) {
  if (input.getAttribute("aria-invalid") !== "true") return;
  input.removeAttribute("aria-invalid");
  document.getElementById(`${input.id}-error`)?.replaceChildren();
}

/** Prepares the forms of this page, and of each page that replaces it. */
export function listenToForms() {
  document.addEventListener("click", (event) => {
    pressed = event.target.closest("button");
  });
  document.addEventListener("submit", onSubmit);
  document.addEventListener("input", onInput);
}
