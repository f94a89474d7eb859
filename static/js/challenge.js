// The picture of the human check: loads it again after a failure, and plays its sound with one button.

// Waits before a picture that failed is loaded again.
const WAITS_S = [3, 6, 12, 24];

function addStatus(challenge) {
  const status = document.createElement("p");
  status.className = "status";
  status.setAttribute("role", "status");
  challenge.append(status);
  return status;
}

function watchPicture(challenge, image, status) {
  const { failed, gaveUp } = challenge.dataset;
  let tries = 0;
  const again = () => {
    if (image.isConnected) image.src = image.getAttribute("src");
  };
  const onFailed = () => {
    const wait = WAITS_S[tries];
    tries += 1;
    status.textContent = wait ? failed.replace("{seconds}", wait) : gaveUp;
    if (wait) setTimeout(again, wait * 1000);
  };
  image.addEventListener("error", onFailed);
  image.addEventListener("load", () => {
    status.textContent = "";
  });
  // It may have failed before this module was loaded.
  if (image.complete && image.naturalWidth === 0) onFailed();
}

/**
 * Replaces the browser's player by a button. Its name does not change, and it is pressed while the sound plays (WAI-ARIA
 * APG, "Button", toggle), because a screen reader would read a changed name over the characters.
 */
function replacePlayer(audio, status) {
  const { listen, failed } = audio.dataset;
  const { src } = audio;
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "button button-quiet listen", textContent: listen });
  const set = (state) => {
    button.dataset.state = state;
    button.setAttribute("aria-pressed", String(state !== "idle"));
  };
  const stop = () => {
    // Without its address the element stops loading too.
    audio.removeAttribute("src");
    audio.load();
    set("idle");
  };
  button.addEventListener("click", () => {
    if (button.dataset.state !== "idle") {
      stop();
      return;
    }
    status.textContent = "";
    set("loading");
    audio.src = src;
    // Other failures are reported by the event `error`; a browser that forbids sound sends none.
    audio.play().catch((error) => error.name === "NotAllowedError" && stop());
  });
  audio.addEventListener("playing", () => set("playing"));
  audio.addEventListener("ended", stop);
  audio.addEventListener("error", () => {
    if (!audio.hasAttribute("src")) return;
    stop();
    status.textContent = failed;
  });
  audio.controls = false;
  audio.hidden = true;
  set("idle");
  audio.after(button);
}

export function prepare() {
  for (const challenge of document.querySelectorAll("[data-challenge]")) {
    const status = addStatus(challenge);
    watchPicture(challenge, challenge.querySelector("img"), status);
    const audio = challenge.querySelector("audio");
    if (audio) replacePlayer(audio, status);
  }
}
