// A button that works on one thing at a time. `disabled` would throw the keyboard's focus away, aria-disabled keeps it.

import { say } from "./i18n.js";

export function isBusy(button) {
  return button.getAttribute("aria-disabled") === "true";
}

export function setBusy(button, key, extras) {
  button.setAttribute("aria-disabled", "true");
  say(button, key, extras);
}

export function setReady(button, key) {
  button.removeAttribute("aria-disabled");
  say(button, key);
}
