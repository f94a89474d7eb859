// The picture of the challenge. Ids are made here; a new picture replaces the former one on the server too.

import settings from "./settings.js";
import { randomUuid } from "./uuid.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

export class Captcha {
  #button;
  #image;
  #input;
  #onRenewed;
  #id = "";

  constructor({ button, image, input, onRenewed, onLoaded, onFailed }) {
    this.#button = button;
    this.#image = image;
    this.#input = input;
    this.#onRenewed = onRenewed;
    button.style.setProperty("--picture-width", settings.pictureWidth);
    button.style.setProperty("--picture-height", settings.pictureHeight);
    const settle = (failed, tell) => {
      button.classList.toggle("picture-failed", failed);
      tell();
    };
    image.addEventListener("load", () => settle(false, onLoaded));
    image.addEventListener("error", () => settle(true, onFailed));
    button.addEventListener("click", () => {
      if (this.isSpent) return;
      this.renew();
      input.focus();
    });
  }

  get id() {
    return this.#id;
  }

  get isSpent() {
    return this.#input.disabled;
  }

  renew() {
    const previous = this.#id;
    this.#id = randomUuid();
    this.#input.value = "";
    this.#input.disabled = false;
    this.#button.removeAttribute("aria-disabled");
    const query = { cur_id: this.#id, pre_id: previous, theme: dark.matches ? "dark" : "light" };
    this.#image.src = `/passport/image_code?${new URLSearchParams(query)}`;
    this.#onRenewed();
  }

  /** Locks the field and the picture after an accepted answer, until another code is requested. */
  markSpent() {
    this.#input.disabled = true;
    this.#button.setAttribute("aria-disabled", "true");
  }
}
