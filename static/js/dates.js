// Moments and spans of time in the reader's language and time zone.

import { currentLanguage } from "./language.js";

/** Undefined when `moment` is absent or no date. */
export function formatDate(moment, style) {
  const date = new Date(moment ?? NaN);
  if (Number.isNaN(date.getTime())) return undefined;
  return new Intl.DateTimeFormat(currentLanguage(), style).format(date);
}

/** A number of seconds in the unit that people would use, such as "5 minutes". */
export function formatSeconds(seconds, round) {
  const [unit, size] = seconds < 120 ? ["second", 1] : seconds < 7200 ? ["minute", 60] : ["hour", 3600];
  const format = new Intl.NumberFormat(currentLanguage(), { style: "unit", unit, unitDisplay: "long" });
  // Our Chinese stands off from digits.
  return format.format(round(seconds / size)).replace(/(\d)(?=\p{Script=Han})/u, "$1 ");
}
