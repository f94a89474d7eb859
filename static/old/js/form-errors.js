// Shows an error beside its field, and marks the field for assistive technology.

import { say, unsay } from "./i18n.js";

/**
 * `places` maps a name to {input?, error}; `error` is already named in the input's aria-describedby.
 * The order of `places` is the order on the page.
 */
export class FormErrors {
  #places;

  constructor(places) {
    this.#places = places;
    for (const [name, { input }] of Object.entries(places)) {
      // An error no longer applies when its field changes.
      input?.addEventListener("input", () => this.clear(name));
    }
  }

  show(name, key, extras) {
    const { input, error } = this.#places[name];
    input?.setAttribute("aria-invalid", "true");
    say(error, key, extras);
    // An error without a field takes no focus, and may be outside of the view.
    if (!input) error.scrollIntoView({ block: "nearest" });
  }

  clear(name) {
    const { input, error } = this.#places[name];
    input?.removeAttribute("aria-invalid");
    unsay(error);
  }

  clearAll() {
    for (const name of Object.keys(this.#places)) this.clear(name);
  }

  focusFirst() {
    Object.values(this.#places).find(({ input }) => input?.getAttribute("aria-invalid") === "true")?.input.focus();
  }

  /** Marks each empty field of `missing` ({name: key}); returns whether all are filled. */
  requireAll(missing) {
    const empty = Object.entries(missing).filter(([name]) => this.#places[name].input.value.trim() === "");
    for (const [name, key] of empty) this.show(name, key);
    this.focusFirst();
    return empty.length === 0;
  }
}
