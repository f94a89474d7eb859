// Shows a fault beside the field that has it, and tells assistive technology which field that is.

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
      // A fault is stale as soon as its field changes.
      input?.addEventListener("input", () => this.clear(name));
    }
  }

  show(name, key, extras) {
    const { input, error } = this.#places[name];
    input?.setAttribute("aria-invalid", "true");
    say(error, key, extras);
    // A fault without a field takes no focus, and its place can be below the fold.
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

  /** Marks each empty field of `missing` ({name: key}); says whether all were filled. */
  requireAll(missing) {
    const empty = Object.entries(missing).filter(([name]) => this.#places[name].input.value.trim() === "");
    for (const [name, key] of empty) this.show(name, key);
    this.focusFirst();
    return empty.length === 0;
  }
}
