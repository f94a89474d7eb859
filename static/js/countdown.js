// Counts the seconds until another code may be asked for. The end is kept, so a reload does not shorten it.

const STORAGE_KEY = "passport.resend-at";

function keptEnd() {
  try {
    return Number(sessionStorage.getItem(STORAGE_KEY));
  } catch {
    return 0; // Storage may be forbidden; the server still holds the limit.
  }
}

function keepEnd(end) {
  try {
    sessionStorage.setItem(STORAGE_KEY, String(end));
  } catch {
    // Then a reload forgets the countdown.
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

  /** Goes on after a reload; says whether there was anything to go on with. */
  resume() {
    // A clock set back must not lock the button for longer than the countdown is.
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

  // Reads the clock instead of counting: browsers slow the timers of hidden pages.
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
