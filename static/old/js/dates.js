// Dates and durations in the language of the page and the time zone of the browser.

import { currentLanguage } from "./language.js";

/** The formatted date; undefined if `moment` is absent or not a date. */
export function formatDate(moment, style) {
  const date = new Date(moment ?? NaN);
  if (Number.isNaN(date.getTime())) return undefined;
  return new Intl.DateTimeFormat(currentLanguage(), style).format(date);
}

/** A number of seconds in a suitable unit, such as "5 minutes". */
export function formatSeconds(seconds, round) {
  const [unit, size] = seconds < 120 ? ["second", 1] : seconds < 7200 ? ["minute", 60] : ["hour", 3600];
  const format = new Intl.NumberFormat(currentLanguage(), { style: "unit", unit, unitDisplay: "long" });
  // The Chinese texts have a space between digits and Chinese characters.
  return format.format(round(seconds / size)).replace(/(\d)(?=\p{Script=Han})/u, "$1 ");
}
