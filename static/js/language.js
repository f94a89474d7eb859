// Which of our languages the reader wants, and the switch that keeps the choice.

const STORAGE_KEY = "passport.language";
const LANGUAGES = ["en", "zh-Hans"];

function kept() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null; // Storage may be forbidden; then the browser's languages decide each time.
  }
}

function keep(language) {
  try {
    localStorage.setItem(STORAGE_KEY, language);
  } catch {
    // The choice holds for this page only.
  }
}

// Any Chinese maps to the one we have: its readers are better served by it than by English.
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
