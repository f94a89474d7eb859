// The account page: the signed-in user, and signing out.

import { get, post } from "./api.js";
import { isBusy, setBusy, setReady } from "./busy-button.js";
import { formatDate } from "./dates.js";
import { say, text, unsay } from "./i18n.js";
import { onLanguageChosen } from "./language.js";
import { explain } from "./refusals.js";

const find = (id) => document.getElementById(id);
const loading = find("account-loading");
const failed = find("account-failed");
const details = find("account");
const signOut = find("sign-out");
const signOutError = find("sign-out-error");

let user;
let session;

function showOnly(part) {
  for (const each of [loading, failed, details]) each.hidden = each !== part;
}

function fill() {
  const show = (id, moment, style) => {
    find(id).dateTime = moment ?? "";
    find(id).textContent = formatDate(moment, style) ?? text("account.unknown");
  };
  const minute = { dateStyle: "medium", timeStyle: "short" };
  find("account-name").textContent = user.nick_name;
  find("account-mobile").textContent = user.mobile;
  show("account-since", user.created_at, { dateStyle: "long" });
  show("account-here", session.created_at, minute);
  // Later than the time of this session if the user has signed in on another device since.
  show("account-latest", user.last_login_at, minute);
}

async function load() {
  showOnly(loading);
  const answer = await get("/api/v1/session");
  if (answer.failure === "unauthorized") {
    location.replace("/sign-in");
    return;
  }
  if (!answer.ok) {
    say(find("account-error"), `failure.${answer.failure}`);
    showOnly(failed);
    return;
  }
  ({ user, session } = answer.data);
  fill();
  showOnly(details);
}

async function leave() {
  if (isBusy(signOut)) return;
  unsay(signOutError);
  setBusy(signOut, "account.signingOut");
  const answer = await post("/passport/logout");
  if (answer.ok) {
    location.replace("/sign-in");
    return;
  }
  setReady(signOut, "account.signOut");
  const { key, ...extras } = explain("logout", answer);
  say(signOutError, key, extras);
}

find("account-retry").addEventListener("click", load);
signOut.addEventListener("click", leave);
onLanguageChosen(() => user && fill());
// Reloads, so that "Back" after signing out does not show the account from the browser's memory.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
load();
