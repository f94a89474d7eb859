// The button that shows the typed password.

import { label, say } from "./i18n.js";

export function preparePasswordField(input, button) {
  const reveal = (shown) => {
    input.type = shown ? "text" : "password";
    say(button, shown ? "field.hide" : "field.show");
    label(button, shown ? "field.hideLabel" : "field.showLabel");
  };
  button.addEventListener("click", () => reveal(input.type === "password"));
  // Hidden again on submit, because password managers offer to save only fields of type password.
  input.form.addEventListener("submit", () => reveal(false));
}
