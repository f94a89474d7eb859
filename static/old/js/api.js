// Requests to the server. They never throw; the result is one of
//   {ok: true, data}                 success
//   {ok: false, errno, errmsg}       a refusal with its reason; in development with `expectedOrigin`, if the page was
//                                    opened at another origin than the service expects
//   {ok: false, failure}             no usable answer: network, timeout, busy, unauthorized or server

import { csrfToken } from "./csrf.js";

const TIMEOUT_MS = 30_000;
const TOKEN_HEADER = "X-CSRFToken";
const ORIGIN_HEADER = "X-Expected-Origin";

function failureOf(status) {
  if (status === 401) return "unauthorized";
  return status === 429 || status === 503 ? "busy" : "server";
}

async function exchange(path, options) {
  let response;
  let data;
  try {
    response = await fetch(path, { ...options, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
    data = await response.json();
  } catch (error) {
    if (error.name === "TimeoutError") return { ok: false, failure: "timeout" };
    // A response without JSON is no network failure; a proxy's error page is an example.
    return { ok: false, failure: response ? failureOf(response.status) : "network" };
  }
  if (!response.ok) return { ok: false, failure: failureOf(response.status) };
  return { ok: true, data, headers: response.headers };
}

export function get(path) {
  return exchange(path, {});
}

/** A POST to /passport/*, which has status 200 for refusals too. */
export async function post(path, body) {
  const answer = await postOnce(path, body, csrfToken());
  // The server has refused a token that it did not issue, for example one that another application of this host has
  // set. It has done nothing else, and its answer names a new token.
  return answer.freshToken ? postOnce(path, body, answer.freshToken) : answer;
}

async function postOnce(path, body, token) {
  const requestHeaders = { "Content-Type": "application/json" };
  if (token) requestHeaders[TOKEN_HEADER] = token;
  const options = { method: "POST", headers: requestHeaders, body: JSON.stringify(body) };
  const { headers, ...answer } = await exchange(path, options);
  if (!answer.ok) return answer;
  const { errno, errmsg } = answer.data ?? {};
  if (errno === undefined) return { ok: false, failure: "server" };
  if (errno === "0") return answer;
  const [freshToken, expectedOrigin] = [TOKEN_HEADER, ORIGIN_HEADER].map((name) => headers.get(name));
  return { ok: false, errno, errmsg, freshToken, expectedOrigin };
}
