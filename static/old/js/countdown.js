// Counts the seconds until another code can be requested. The end is stored, so a reload does not restart it.

const STORAGE_KEY = "passport.resend-at";

function keptEnd() {
  try {
    return Number(sessionStorage.getItem(STORAGE_KEY));
  } catch {
    return 0; // Storage may be forbidden; the server still enforces the limit.
  }
}

function keepEnd(end) {
  try {
    sessionStorage.setItem(STORAGE_KEY, String(end));
  } catch {
    // Without storage, a reload ends the countdown.
  }
}

export class Countdown {
  #seconds;
  #onTick;
  #onEnd;
  #end;
  #timer;

  constructor({ seconds, onTick, onEnd }) {
    this.#seconds = seconds;
    this.#onTick = onTick;
    this.#onEnd = onEnd;
  }

  start() {
    this.#run(Date.now() + this.#seconds * 1000);
    keepEnd(this.#end);
  }

  /** Continues after a reload; returns whether a countdown was running. */
  resume() {
    // If the clock was set back, the button is locked for one whole countdown at most.
    const end = Math.min(keptEnd(), Date.now() + this.#seconds * 1000);
    if (end <= Date.now()) return false;
    this.#run(end);
    return true;
  }

  forget() {
    clearInterval(this.#timer);
    keepEnd(0);
  }

  #run(end) {
    clearInterval(this.#timer);
    this.#end = end;
    this.#timer = setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  // Reads the clock instead of counting, because browsers slow the timers of hidden pages.
  #tick() {
    const left = Math.ceil((this.#end - Date.now()) / 1000);
    if (left > 0) {
      this.#onTick(left);
      return;
    }
    clearInterval(this.#timer);
    this.#onEnd();
  }
}
