// The language of the pages: chosen by the visitor, otherwise taken from the browser.

const STORAGE_KEY = "passport.language";
const LANGUAGES = ["en", "zh-Hans"];

function kept() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null; // Storage may be forbidden; then the languages of the browser decide.
  }
}

function keep(language) {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // Without storage, the choice applies to this page only.
  }
}

// Each variety of Chinese maps to the supported one, which its readers understand better than English.
function fromBrowser() {
  for (const tag of navigator.languages ?? []) {
    const primary = tag.toLowerCase().split("-")[0];
    if (primary === "zh") return "zh-Hans";
    if (primary === "en") return "en";
  }
  return "en";
}

let language = LANGUAGES.includes(kept()) ? kept() : fromBrowser();

export function currentLanguage() {
  return language;
}

export function chooseLanguage(wanted) {
  language = wanted;
  keep(wanted);
  document.dispatchEvent(new Event("language-chosen"));
}

export function onLanguageChosen(listener) {
  document.addEventListener("language-chosen", listener);
}
