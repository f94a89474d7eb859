// Counts the seconds until something can be asked for again, and shows it then.

// A screen reader is told every 15 seconds, not each second.
const SPOKEN_EVERY_S = 15;

function count(line) {
  // Reads the clock instead of counting, because browsers slow the timers of hidden pages.
  const end = Date.now() + Number(line.dataset.countdown) * 1000;
  const later = Array.from(document.querySelectorAll("[data-after-countdown]"));
  const seen = document.createElement("span");
  const spoken = document.createElement("span");
  seen.setAttribute("aria-hidden", "true");
  spoken.className = "spoken";
  spoken.setAttribute("aria-live", "polite");
  line.replaceChildren(seen, spoken);
  for (const element of later) element.hidden = true;

  const tick = () => {
    const left = Math.ceil((end - Date.now()) / 1000);
    if (!line.isConnected || left <= 0) {
      clearInterval(timer);
      line.hidden = true;
      for (const element of later) element.hidden = false;
      return;
    }
    const text = line.dataset.each.replace("{seconds}", left);
    seen.textContent = text;
    if (left % SPOKEN_EVERY_S === 0 || !spoken.textContent) spoken.textContent = text;
  };
  const timer = setInterval(tick, 1000);
  tick();
}

export function prepare() {
  for (const line of document.querySelectorAll("[data-countdown]")) count(line);
}
