// The button that plays and stops the sound of the challenge. It is aria-disabled until the picture is loaded, because
// the server has no challenge to speak before.
//
// Its name does not change, and it is pressed while the sound plays (WAI-ARIA APG, "Button", toggle), because a screen
// reader would read a changed name over the characters.

import { get } from "./api.js";
import { isBusy } from "./busy-button.js";
import { currentLanguage } from "./language.js";
import { explainLimit } from "./refusals.js";

// Another picture has replaced this one.
const GONE = "4002";

export class CaptchaSound {
  #button;
  #captcha;
  #audio = new Audio();
  #url = "";
  #onStarted;
  #onGone;
  #onFailed;

  constructor({ button, captcha, onStarted, onGone, onFailed }) {
    this.#button = button;
    this.#captcha = captcha;
    this.#onStarted = onStarted;
    this.#onGone = onGone;
    this.#onFailed = onFailed;
    this.#audio.addEventListener("playing", () => this.#url && this.#show("playing"));
    this.#audio.addEventListener("ended", () => this.#stop());
    this.#audio.addEventListener("error", () => this.#explain());
    button.addEventListener("click", () => {
      if (this.#url) this.#stop();
      else if (!isBusy(button)) this.#play();
    });
  }

  /** Enables the button; to be called when the picture is loaded. */
  offer() {
    this.#button.removeAttribute("aria-disabled");
  }

  /** Disables the button, while there is no picture. */
  withdraw() {
    this.#stop();
    this.#button.setAttribute("aria-disabled", "true");
  }

  #stop() {
    this.#url = "";
    this.#audio.removeAttribute("src");
    this.#audio.load();
    this.#show("idle");
  }

  #play() {
    const asked = new URLSearchParams({ cur_id: this.#captcha.id, lang: currentLanguage() });
    this.#url = `/passport/audio_code?${asked}`;
    this.#show("loading");
    this.#onStarted();
    this.#audio.src = this.#url;
    // Other failures are reported by the event `error`; a browser that forbids sound sends none.
    this.#audio.play().catch((error) => error.name === "NotAllowedError" && this.#stop());
  }

  // An audio element does not expose the server's answer, so the request is repeated. A refused request is not counted.
  async #explain() {
    const url = this.#url;
    if (!url) return;
    const { id } = this.#captcha;
    this.#stop();
    const answer = await get(url);
    // The answer may be about a former picture.
    if (this.#captcha.id !== id || this.#captcha.isSpent) return;
    if (answer.data?.errno === GONE) this.#onGone();
    else this.#onFailed(explainLimit("sound", answer.data?.errmsg) ?? { key: "failure.sound" });
  }

  #show(state) {
    this.#button.dataset.state = state;
    this.#button.setAttribute("aria-pressed", String(state !== "idle"));
  }
}
