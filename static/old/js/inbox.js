// The development inbox: polls every two seconds, and adds new messages at the top.

import { formatDate } from "./dates.js";
import { say } from "./i18n.js";

const EVERY_MS = 2000;

const list = document.getElementById("messages");
const state = document.getElementById("inbox-state");
const news = document.getElementById("inbox-news");
const template = document.getElementById("message");

const shown = new Map();

async function copy(code, button) {
  try {
    await navigator.clipboard.writeText(code.textContent);
    say(button, "inbox.copied");
  } catch {
    // Without access to the clipboard, the code is selected, ready to be copied.
    getSelection().selectAllChildren(code);
  }
}

function build(message) {
  const item = template.content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`.message-${name}`);
  const code = item.querySelector(".code");
  const button = item.querySelector("button");
  part("to").textContent = message.to;
  // Only messages with a code have a purpose.
  if (message.purpose) say(part("purpose"), `inbox.${message.purpose}`);
  part("at").textContent = formatDate(message.at, { timeStyle: "medium" }) ?? "";
  part("text").textContent = message.text;
  code.textContent = message.code;
  say(button, "inbox.copy");
  button.addEventListener("click", () => copy(code, button));
  return item;
}

// Existing items are kept, because rebuilding them would take away focus and selection.
function show(messages) {
  const keys = messages.map(({ at, to, code }) => [at, to, code].join(" "));
  for (const [key, item] of shown) {
    if (keys.includes(key)) continue;
    item.remove();
    shown.delete(key);
  }
  const isFirstLook = state.dataset.i18n === undefined;
  for (const [at, key] of [...keys.entries()].reverse()) {
    if (shown.has(key)) continue;
    shown.set(key, build(messages[at]));
    list.prepend(shown.get(key));
    if (!isFirstLook) say(news, "inbox.arrived");
  }
  state.hidden = messages.length > 0;
  say(state, "inbox.empty");
}

function complain(key) {
  state.hidden = false;
  say(state, key);
}

async function look() {
  try {
    const response = await fetch("/dev/inbox.json", { cache: "no-store" });
    if (response.ok) show(await response.json());
    else complain("inbox.missing");
  } catch {
    complain("inbox.unreachable");
  }
  setTimeout(look, EVERY_MS);
}

look();
