// Entry module of every page. Each page works as plain HTML; the modules make it smoother: forms are submitted without
// a new page load, and what a feature needs is loaded only by pages that have it. A browser loads six files of a host
// at once over HTTP/1.1: stylesheet, logo, picture, and the three modules that are imported here, directly or not.

import { listenToForms } from "./forms.js";
import { listenToHistory, listenToLanguages, onShown } from "./visit.js";

const FEATURES = [
  ["[data-challenge]", () => import("./challenge.js")],
  ["[data-countdown]", () => import("./countdown.js")],
  ["[data-shows], [data-rules]", () => import("./password.js")],
  ["input[autocomplete=one-time-code]", () => import("./web-otp.js")],
  ["time[data-time]", () => import("./times.js")],
  ["[data-onward]", () => import("./onward.js")],
  ["[data-refresh], [data-copies]", () => import("./inbox.js")],
];

// A feature that fails is missing; the page works without it.
async function prepareFeature([selector, load]) {
  if (!document.querySelector(selector)) return;
  const { prepare } = await load();
  prepare();
}

function prepare() {
  for (const feature of FEATURES) prepareFeature(feature).catch((fault) => console.warn(fault));
}

listenToForms();
listenToLanguages();
listenToHistory();
onShown(prepare);
prepare();
