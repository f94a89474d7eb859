// Fetches pages of this service, and shows them in place of the present one.

const TIMEOUT_MS = 30_000;

const SHOWN = "page-shown";

/** Calls `listener` after each replacement of the page. */
export function onShown(listener) {
  document.addEventListener(SHOWN, listener);
}

function after(milliseconds, value) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds, value));
}

async function read(pending) {
  let response;
  let text;
  try {
    response = await pending;
    text = await response.text();
  } catch {
    return { failure: "network" };
  }
  return { response, text };
}

/**
 * Requests a page.
 *
 * The result is {page, url, isRedirected}, or {failure} with "network", "timeout" or "server": the name of a text in
 * the template `failures`. Other faults, such as an API that this browser does not have, are thrown and are not
 * told as a failure of the network.
 */
export async function request(url, options) {
  // The field tells the server that a redirect to another origin cannot be followed.
  // A call that cannot be made at all throws here. The promise is rejected only by the network.
  const pending = fetch(url, { ...options, headers: { Accept: "text/html", "X-Requested-With": "fetch" }, cache: "no-store" });
  const { failure, response, text } = await Promise.race([read(pending), after(TIMEOUT_MS, { failure: "timeout" })]);
  if (failure) return { failure };
  const page = new DOMParser().parseFromString(text, "text/html");
  // An answer of something between, such as the error page of a proxy.
  const isPage = page.getElementById("main") !== null || (response.redirected && response.ok);
  if (!isPage) return { failure: "server" };
  return { page, url: response.url, isRedirected: response.redirected };
}

const address = () => location.pathname + location.search;
let shown = address();

function isOtherRelease(page) {
  const script = (it) => it.querySelector("script[type=module]")?.getAttribute("src");
  return script(page) !== script(document);
}

/** Moves the focus to the first fault, otherwise to the field with which the page begins. */
function focusFirst() {
  const main = document.getElementById("main");
  const target = main.querySelector("[aria-invalid=true]") ?? main.querySelector("[autofocus]") ?? main;
  target.focus();
  // What is to be corrected, is corrected at its end. Boxes to tick have no place for a cursor.
  if (target.value && target.selectionEnd !== null) target.setSelectionRange(target.value.length, target.value.length);
}

/** Shows a page that `request` returned. One that loads other scripts is loaded by the browser. */
export function show({ page, url, isRedirected }) {
  if (isRedirected && isOtherRelease(page)) {
    location.assign(url);
    return;
  }
  // What may fail comes first, while the form is still there.
  const { pathname, search } = new URL(url);
  const body = document.adoptNode(page.body);
  const isElsewhere = pathname + search !== address();
  if (isElsewhere) history.pushState(null, "", pathname + search);
  shown = address();
  document.documentElement.lang = page.documentElement.lang;
  document.title = page.title;
  document.body.replaceWith(body);
  if (isElsewhere) scrollTo(0, 0);
  focusFirst();
  document.dispatchEvent(new Event(SHOWN));
}

/** "Back" and "Forward" load pages anew: after a sign-out, no page of the account appears from the browser's memory. */
export function listenToHistory() {
  addEventListener("popstate", () => {
    // A link to a place in the page changes the address too, but not the page.
    if (address() !== shown) location.reload();
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted && /^(account|confirm)/.test(document.body.dataset.page)) location.reload();
  });
}

// The new page has another picture, and its own hidden values.
const isTyped = (input) => input.name && input.type !== "hidden" && !input.closest("button, [data-challenge]");

function typedValues() {
  const inputs = Array.from(document.querySelectorAll("main input, main select")).filter(isTyped);
  return inputs.map(({ name, type, value, checked }) => ({ name, type, value, checked }));
}

function typeAgain(values) {
  for (const { name, type, value, checked } of values) {
    const same = Array.from(document.getElementsByName(name)).filter((input) => input.type === type);
    const input = same.find((it) => type !== "radio" || it.value === value);
    if (!input) continue;
    if (type === "checkbox" || type === "radio") input.checked = checked;
    else input.value = value;
  }
}

async function follow(link) {
  const values = typedValues();
  const answer = await request(link.href);
  if (answer.failure) {
    location.assign(link.href);
    return;
  }
  show(answer);
  typeAgain(values);
}

/** A link to another language changes it without losing what was typed. */
export function listenToLanguages() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-language]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    follow(link).catch(() => location.assign(link.href));
  });
}
