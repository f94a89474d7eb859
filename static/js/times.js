// Shows moments in the time zone of the browser. The server, which does not know it, writes them in UTC.

const STYLES = {
  day: { dateStyle: "long" },
  minute: { dateStyle: "medium", timeStyle: "short" },
  second: { timeStyle: "medium" },
};

export function prepare() {
  for (const time of document.querySelectorAll("time[data-time]")) {
    const moment = new Date(time.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    time.textContent = new Intl.DateTimeFormat(document.documentElement.lang, STYLES[time.dataset.time]).format(moment);
    // Shown once only: the text is replaced in place when the list is renewed.
    delete time.dataset.time;
  }
}
