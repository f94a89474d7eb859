// A button that is locked while its action runs. It is aria-disabled, because `disabled` would take away the focus.

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
