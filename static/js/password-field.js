// The button that shows the password while it is typed.

import { label, say } from "./i18n.js";

export function preparePasswordField(input, button) {
  const reveal = (shown) => {
    input.type = shown ? "text" : "password";
    say(button, shown ? "field.hide" : "field.show");
    label(button, shown ? "field.hideLabel" : "field.showLabel");
  };
  button.addEventListener("click", () => reveal(input.type === "password"));
  // Password managers offer to save only what is a password field when the form is sent.
  input.form.addEventListener("submit", () => reveal(false));
}
