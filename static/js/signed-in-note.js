// Tells who comes to a form while signed in, and leads to the account. The form stays, for those who want another one.

import { get } from "./api.js";
import { say } from "./i18n.js";

export async function showSignedIn(note) {
  const answer = await get("/api/v1/session");
  if (!answer.ok) return;
  say(note.querySelector("span"), "signedIn.as", { values: { mobile: answer.data.user.mobile } });
  note.hidden = false;
}
