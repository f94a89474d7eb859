// The life of an account with a client that openapi-typescript generated from /openapi.json.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

const service = process.env["PASSPORT_URL"];
assert(service, "PASSPORT_URL is not set");

let token: string | undefined;
const passport = createClient<paths>({ baseUrl: service });
passport.use({
  onRequest({ request }) {
    if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
    return request;
  },
});

type Purpose = components["schemas"]["CodeForNumber"]["purpose"];

/** Solves a challenge with the answer of the test settings, and has a code sent. */
async function codeFor(mobile: string, purpose: Purpose) {
  const challenge = await passport.POST("/api/v1/challenges");
  assert(challenge.data);
  const { id } = challenge.data;
  const image = await passport.GET("/api/v1/challenges/{id}/image", {
    params: { path: { id } },
    parseAs: "arrayBuffer",
  });
  assert(image.data && image.data.byteLength > 500);
  const sent = await passport.POST("/api/v1/codes", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { purpose, mobile, locale: "en", challenge: { id, answer: "abcd2" } },
  });
  assert(sent.data, JSON.stringify(sent.error));
  const inbox = (await (await fetch(`${service}/dev/inbox.json`)).json()) as { code: string }[];
  const code = inbox[0]?.code;
  assert(code);
  return { mobile, code_id: sent.data.code_id, code };
}

const mobile = `139${String(Date.now()).slice(-8)}`;
const proof = await codeFor(mobile, "sign-up");

// A problem is a union, which its `code` narrows.
const wrong = await passport.POST("/api/v1/users", {
  body: { ...proof, code: proof.code === "000000" ? "000001" : "000000" },
});
assert.equal(wrong.response.status, 422);
assert(wrong.error && wrong.error.code === "code-wrong");
const left: number = wrong.error.tries_left;
assert.equal(left, 4);

const signedUp = await passport.POST("/api/v1/users", {
  body: { ...proof, nick_name: "Ada", transport: "bearer" },
});
assert(signedUp.data, JSON.stringify(signedUp.error));
token = signedUp.data.token;
assert(token);

const me = await passport.GET("/api/v1/me");
assert.equal(me.data?.nick_name, "Ada");
const user: components["schemas"]["User"] = me.data;
assert.equal(user.has_password, false);

const renamed = await passport.PATCH("/api/v1/me", { body: { nick_name: "Ada L." } });
assert.equal(renamed.data?.nick_name, "Ada L.");

const sessions = await passport.GET("/api/v1/sessions");
assert.equal(sessions.data?.sessions.length, 1);
const history = await passport.GET("/api/v1/me/events", { params: { query: {} } });
assert((history.data?.events.length ?? 0) > 0);

const signedOut = await passport.DELETE("/api/v1/session");
assert.equal(signedOut.response.status, 204);
const gone = await passport.GET("/api/v1/session");
assert(gone.error && gone.error.code === "not-signed-in");

console.log(`typescript: ${user.id} signed up, in and out`);
