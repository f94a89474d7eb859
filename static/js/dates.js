// Dates in the reader's language and time zone.

import { currentLanguage } from "./language.js";

/** Undefined when `moment` is absent or no date. */
export function formatDate(moment, style) {
  const date = new Date(moment ?? NaN);
  if (Number.isNaN(date.getTime())) return undefined;
  return new Intl.DateTimeFormat(currentLanguage(), style).format(date);
}
