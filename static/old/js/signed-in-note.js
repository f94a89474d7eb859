// Note on a form for a signed-in visitor, with a link to the account. The form stays usable for another account.

import { get } from "./api.js";
import { say } from "./i18n.js";

export async function showSignedIn(note) {
  const answer = await get("/api/v1/session");
  if (!answer.ok) return;
  say(note.querySelector("span"), "signedIn.as", { values: { mobile: answer.data.user.mobile } });
  note.hidden = false;
}
