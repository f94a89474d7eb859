// Writes the texts of the page. An element names its text in data-i18n and its label in data-i18n-label, so a change of
// language rewrites the texts in place, and typed values stay.

import { chooseLanguage, currentLanguage, onLanguageChosen } from "./language.js";
import settings from "./settings.js";
import en from "./text/en.js";
import zhHans from "./text/zh-hans.js";

const TEXTS = { en, "zh-Hans": zhHans };

// Extras of an element's text: values, or the server's Chinese sentence.
const extras = new WeakMap();

/** Placeholders are names in `values` or in the settings. A value that depends on the language is a function. */
export function text(key, values = {}) {
  return TEXTS[currentLanguage()][key].replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name] ?? settings[name];
    return typeof value === "function" ? value() : value;
  });
}

function write(element) {
  const { values, zh } = extras.get(element) ?? {};
  const serverSpeaksIt = zh && currentLanguage() === "zh-Hans";
  element.textContent = serverSpeaksIt ? zh : text(element.dataset.i18n, values);
}

/** Gives `element` the text `key`; `zh` is the server's sentence, preferred in Chinese. */
export function say(element, key, { values, zh } = {}) {
  element.dataset.i18n = key;
  extras.set(element, { values, zh });
  write(element);
}

/** Gives `element` the accessible name `key`. */
export function label(element, key) {
  element.dataset.i18nLabel = key;
  element.setAttribute("aria-label", text(key));
}

export function unsay(element) {
  delete element.dataset.i18n;
  element.textContent = "";
}

function writeAll() {
  document.documentElement.lang = currentLanguage();
  for (const element of document.querySelectorAll("[data-i18n]")) write(element);
  for (const element of document.querySelectorAll("[data-i18n-label]")) label(element, element.dataset.i18nLabel);
  for (const image of document.querySelectorAll("[data-i18n-alt]")) image.alt = text(image.dataset.i18nAlt);
}

// The label of the switch is in the language that it selects, for visitors who cannot read the current one.
function prepareSwitch(button) {
  const other = () => (currentLanguage() === "en" ? "zh-Hans" : "en");
  const name = () => {
    button.lang = other();
    button.textContent = TEXTS[other()]["language.name"];
  };
  button.addEventListener("click", () => chooseLanguage(other()));
  onLanguageChosen(name);
  name();
}

writeAll();
onLanguageChosen(writeAll);
const button = document.querySelector("#language");
if (button) prepareSwitch(button);
