// The live hint under a new password. The server decides: it counts in the same way, and has the full list of common
// passwords.

import { tidyMobile } from "./mobile.js";
import settings from "./settings.js";

const EVERYBODYS = new Set([
  "password", "password1", "passw0rd", "qwertyui", "qwertyuiop", "qwerty123", "1q2w3e4r", "1qaz2wsx", "abcd1234",
  "a1234567", "a12345678", "abc12345", "woaini1314", "iloveyou", "12341234", "11223344", "88888888", "5201314520",
]);

function isRun(characters) {
  const steps = characters.slice(1).map((character, at) => character.codePointAt(0) - characters[at].codePointAt(0));
  return steps.every((step) => step === 0) || steps.every((step) => step === 1) || steps.every((step) => step === -1);
}

function isCommon(characters, mobile) {
  const password = characters.join("").toLowerCase();
  return isRun(characters) || EVERYBODYS.has(password) || (mobile !== "" && password === mobile);
}

function mark(rule, state) {
  if (state) rule.dataset.state = state;
  else delete rule.dataset.state;
}

/** `rules` holds two items, [data-rule=length] and [data-rule=common]. */
export function preparePasswordRules({ input, mobile, rules }) {
  const { passwordMin: min, passwordMax: max } = settings;
  const length = rules.querySelector("[data-rule=length]");
  const common = rules.querySelector("[data-rule=common]");

  const judge = () => {
    const characters = [...input.value.normalize("NFC")];
    const fits = characters.length >= min && characters.length <= max;
    const tooLong = characters.length > max;
    mark(length, fits ? "met" : tooLong && "broken");
    // The rule on common passwords is checked once the length fits.
    mark(common, fits && (isCommon(characters, tidyMobile(mobile.value)) ? "broken" : "met"));
  };
  input.addEventListener("input", judge);
  mobile.addEventListener("input", judge);
  judge();
}
