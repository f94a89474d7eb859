// Submits forms without a new page load, and shows faults that the browser can see in the page's own words.
//
// After any fault of this script the form is submitted as it would be without it. That is safe, because a form carries
// the id of its attempt: the server performs an attempt once, and answers it again.

import { request, show } from "./visit.js";

const ID_OF_FAILURES = "failures";

const isBusy = (form) => form.dataset.state === "busy";

function failureText(failure) {
  const texts = document.getElementById(ID_OF_FAILURES).content;
  return texts.querySelector(`[data-failure=${failure}]`).textContent;
}

// aria-disabled, because `disabled` would take away the focus.
function setBusy(form, button) {
  form.dataset.state = "busy";
  if (!button) return () => delete form.dataset.state;
  const label = button.textContent;
  button.setAttribute("aria-disabled", "true");
  button.setAttribute("aria-busy", "true");
  button.textContent = button.dataset.busy ?? label;
  return () => {
    delete form.dataset.state;
    button.removeAttribute("aria-disabled");
    button.removeAttribute("aria-busy");
    button.textContent = label;
  };
}

const destination = (form, button) => button?.getAttribute("formaction") ?? form.getAttribute("action") ?? location.href;

async function submit(form, button) {
  const error = form.querySelector("[data-form-error]");
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  error.textContent = "";
  const setReady = setBusy(form, button);
  const answer = await request(destination(form, button), { method: "POST", body });
  if (answer.failure) {
    setReady();
    error.textContent = failureText(answer.failure);
    return;
  }
  show(answer);
  // The number is typed already; the next thing to type is what the new picture shows.
  if (button?.value === "renew") document.querySelector("[data-challenge] .input")?.focus();
}

function submitPlainly(form, button) {
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

const placeOfError = (input) => document.getElementById(`${input.id}-error`);

/** The browser found a field empty or of the wrong form. Its own message would be in the browser's language. */
function onInvalid(event) {
  const input = event.target;
  const { missing, mismatch } = input.dataset;
  const text = input.validity.valueMissing ? missing : mismatch;
  const place = placeOfError(input);
  if (!text || !place) return;
  event.preventDefault();
  place.textContent = text;
  const isFirst = !input.form.querySelector("[aria-invalid=true]");
  input.setAttribute("aria-invalid", "true");
  if (isFirst) input.focus();
}

/** A fault is no longer told once its field changes. */
function onInput({ target: input }) {
  if (input.getAttribute("aria-invalid") !== "true") return;
  input.removeAttribute("aria-invalid");
  const place = placeOfError(input);
  if (place) place.textContent = "";
}

/** Prepares the forms of this page, and of each page that replaces it. */
export function listenToForms() {
  document.addEventListener("click", (event) => {
    pressed = event.target.closest("button");
    // The faults of the last try are judged anew.
    if (pressed?.type === "submit" && pressed.form) for (const input of pressed.form.elements) onInput({ target: input });
  });
  document.addEventListener("submit", onSubmit);
  document.addEventListener("invalid", onInvalid, true);
  document.addEventListener("input", onInput);
}
