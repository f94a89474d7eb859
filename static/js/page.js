// Entry module of every page. Each page works as plain HTML; the modules make it smoother: forms are submitted without
// a new page load, and what a feature needs is loaded only by pages that have it.

import { prepareChallenges } from "./challenge.js";
import { listenToForms } from "./forms.js";
import { listenToLanguages } from "./language.js";
import { listenToHistory, onShown } from "./visit.js";

const FEATURES = [
  ["[data-countdown]", () => import("./countdown.js")],
  ["[data-shows], [data-rules]", () => import("./password.js")],
  ["input[autocomplete=one-time-code]", () => import("./web-otp.js")],
  ["time[data-time]", () => import("./times.js")],
  ["[data-refresh], [data-copies]", () => import("./inbox.js")],
];

// A feature that fails is missing; the page works without it.
async function prepareFeature([selector, load]) {
  if (!document.querySelector(selector)) return;
  const { prepare } = await load();
  prepare();
}

function prepare() {
  prepareChallenges();
  for (const feature of FEATURES) prepareFeature(feature).catch((fault) => console.warn(fault));
}

listenToForms();
listenToLanguages();
listenToHistory();
onShown(prepare);
prepare();
