// The button that shows the typed password, and the live hint on its length.

function prepareButton(button) {
  const input = document.getElementById(button.dataset.shows);
  const reveal = (shown) => {
    input.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
  };
  button.addEventListener("click", () => reveal(input.type === "password"));
  // Hidden again on submit, because password managers offer to save only fields of type password.
  input.form.addEventListener("submit", () => reveal(false));
  button.hidden = false;
}

// Only the length is judged here. The server decides on the rest, and counts in the same way.
function prepareRules(rules) {
  const input = document.getElementById(rules.dataset.rules);
  const length = rules.querySelector("[data-rule=length]");
  const { min, max } = rules.dataset;
  const judge = () => {
    const { length: count } = Array.from(input.value.normalize("NFC"));
    if (count > Number(max)) length.dataset.state = "broken";
    else if (count >= Number(min)) length.dataset.state = "met";
    else delete length.dataset.state;
  };
  input.addEventListener("input", judge);
  judge();
}

export function prepare() {
  for (const button of document.querySelectorAll("[data-shows]")) prepareButton(button);
  for (const rules of document.querySelectorAll("[data-rules]")) prepareRules(rules);
}
