// Changes the language without losing what was typed.

import { request, show } from "./visit.js";

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

export function listenToLanguages() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-language]");
    if (!link || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    follow(link).catch(() => location.assign(link.href));
  });
}
