// The inbox of development: renews its list, and copies codes.

import { prepare as prepareTimes } from "./times.js";
import { request } from "./visit.js";

function prepareCopying() {
  for (const button of document.querySelectorAll("[data-copies][hidden]")) {
    const source = document.getElementById(button.dataset.copies);
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.textContent);
        button.textContent = button.dataset.copied;
      } catch {
        // Without access to the clipboard, the code is selected, ready to be copied.
        getSelection().selectAllChildren(source);
      }
    });
    button.hidden = false;
  }
}

const keyed = (list) => new Map(Array.from(list.querySelectorAll("[data-key]"), (item) => [item.dataset.key, item]));

// Items that stay are kept, because replacing them would take away focus and selection.
function merge(list, renewed, news) {
  const present = keyed(list);
  const next = keyed(renewed);
  if (Array.from(next.keys()).some((key) => !present.has(key))) news.textContent = list.dataset.arrived;
  const empty = document.querySelector("[data-empty]");
  if (empty) empty.hidden = renewed.children.length > 0;
  // A copy of the list of children, because an adopted item leaves it.
  const items = Array.from(renewed.children);
  list.replaceChildren(...items.map((item) => present.get(item.dataset.key) ?? document.adoptNode(item)));
}

function renew(list, news) {
  setTimeout(async () => {
    if (!list.isConnected) return;
    const { page } = await request(location.href);
    const renewed = page?.getElementById(list.id);
    if (renewed && list.isConnected) merge(list, renewed, news);
    prepareCopying();
    prepareTimes();
    renew(list, news);
  }, Number(list.dataset.refresh) * 1000);
}

export function prepare() {
  prepareCopying();
  const list = document.querySelector("[data-refresh]");
  if (!list) return;
  const news = document.createElement("p");
  news.className = "spoken";
  news.setAttribute("role", "status");
  list.before(news);
  renew(list, news);
}
