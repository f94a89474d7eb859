// Requests to the server. They never throw; the result is one of
//   {ok: true, data}                 success
//   {ok: false, errno, errmsg}       a refusal with its reason
//   {ok: false, failure}             no usable answer: network, timeout, busy, unauthorized or server

import { csrfToken } from "./csrf.js";

const TIMEOUT_MS = 30_000;

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
  return response.ok ? { ok: true, data } : { ok: false, failure: failureOf(response.status) };
}

export function get(path) {
  return exchange(path, {});
}

/** A POST to /passport/*, which has status 200 for refusals too. */
export async function post(path, body) {
  const headers = { "Content-Type": "application/json" };
  const token = csrfToken();
  if (token) headers["X-CSRFToken"] = token;
  const answer = await exchange(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) return answer;
  const { errno, errmsg } = answer.data ?? {};
  if (errno === undefined) return { ok: false, failure: "server" };
  return errno === "0" ? answer : { ok: false, errno, errmsg };
}
