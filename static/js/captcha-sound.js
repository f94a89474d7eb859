// The picture's characters, spoken: one button that plays them and stops. It is aria-disabled while there is nothing
// to hear: before the picture has come, the server does not know what to say.
//
// It keeps its name and is pressed while it plays (WAI-ARIA APG, "Button", toggle): a name that changes under
// the focus is read aloud again, over the characters.

import { get } from "./api.js";
import { isBusy } from "./busy-button.js";
import { currentLanguage } from "./language.js";
import { explainLimit } from "./refusals.js";

// The server has other pictures in mind.
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

  /** The picture has come: its characters can be heard. */
  offer() {
    this.#button.removeAttribute("aria-disabled");
  }

  /** There is no picture any more, or not yet. */
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
    // Why it does not play is told by the event; a browser that forbids sound has none.
    this.#audio.play().catch((error) => error.name === "NotAllowedError" && this.#stop());
  }

  // An audio element keeps what the server said to itself, so that is asked for once more. A refusal costs nothing.
  async #explain() {
    const url = this.#url;
    if (!url) return;
    const { id } = this.#captcha;
    this.#stop();
    const answer = await get(url);
    // What was said of a former picture is of no use any more.
    if (this.#captcha.id !== id || this.#captcha.isSpent) return;
    if (answer.data?.errno === GONE) this.#onGone();
    else this.#onFailed(explainLimit("sound", answer.data?.errmsg) ?? { key: "failure.sound" });
  }

  #show(state) {
    this.#button.dataset.state = state;
    this.#button.setAttribute("aria-pressed", String(state !== "idle"));
  }
}
