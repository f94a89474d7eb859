// Place and text of each refusal. In Chinese the server's sentence is shown, except for waits in seconds, which are
// converted to minutes or hours.

import { formatSeconds } from "./dates.js";

/** Key of the refusal after which the message may still arrive, with a valid code. */
export const SEND_UNKNOWN = "send.unknown";

// An errno can have several meanings, which these sentences of the frozen API distinguish.
const BY_TEXT = {
  "手机号格式不正确": { field: "mobile", key: "refusal.mobileFormat" },
  "图片验证码过期": { field: "imageCode", key: "refusal.imageExpired" },
  "图片验证码错误": { field: "imageCode", key: "refusal.imageWrong" },
  "短信可能已发出，未收到请稍后重试": { field: "send", key: SEND_UNKNOWN },
  "发送短信失败": { field: "mobile", key: "refusal.sendNumber" },
  "短信验证码已经过期": { field: "smsCode", key: "refusal.codeExpired" },
  "短信验证码错误": { field: "smsCode", key: "refusal.codeWrong" },
  "错误次数过多，请换一种方式登录或重置密码": { field: "form", key: "refusal.stopped" },
  "注册已关闭": { field: "form", key: "refusal.signUpClosed" },
};

const BUSY = "服务繁忙，请稍后再试";
const WAIT = /^请求过于频繁，请 (\d+) 秒后再试$/;

const LIMITS = {
  sendCode: "refusal.sendLimit",
  register: "refusal.signInLimit",
  login: "refusal.signInLimit",
  sound: "refusal.soundLimit",
};

const BY_REQUEST = {
  sendCode: {
    4002: { field: "imageCode", key: "refusal.imageExpired" },
    4004: { field: "imageCode", key: "refusal.imageWrong" },
    4103: { field: "imageCode", key: "refusal.imageFailed" },
    4201: { field: "send", key: "refusal.stale" },
    4301: { field: "form", key: "refusal.sendGateway" },
  },
  register: {
    4002: { field: "smsCode", key: "refusal.codeExpired" },
    4003: { field: "mobile", key: "refusal.taken" },
    // Any other 4004 is a reason of the password policy.
    4004: { field: "password", key: "refusal.password" },
    4103: { field: "form", key: "refusal.incomplete" },
    4201: { field: "form", key: "refusal.stale" },
  },
  login: {
    4004: { field: "password", key: "refusal.credentials" },
    4103: { field: "form", key: "refusal.incomplete" },
    4201: { field: "form", key: "refusal.stale" },
  },
  logout: {
    4201: { field: "form", key: "refusal.stale" },
  },
};

/** Place and text for `answer`, a result of `api.js` with `ok: false`. */
export function explain(request, answer) {
  const field = request === "sendCode" ? "send" : "form";
  if (answer.failure) {
    const key = answer.failure === "unauthorized" ? "failure.server" : `failure.${answer.failure}`;
    return { field, key };
  }
  const { errno, errmsg } = answer;
  const limit = explainLimit(request, errmsg);
  if (limit) return { field, ...limit };
  if (errmsg === BUSY) return { field, key: "failure.busy", zh: errmsg };
  if (answer.expectedOrigin) {
    return { field: "form", key: "refusal.origin", values: { here: location.origin, expected: answer.expectedOrigin } };
  }
  const place = BY_TEXT[errmsg] ?? BY_REQUEST[request][errno] ?? { field: "form", key: "refusal.server" };
  return { ...place, zh: errmsg };
}

/** The text for a reached limit of `request`, with the wait; undefined if `errmsg` reports no limit. */
export function explainLimit(request, errmsg) {
  const seconds = WAIT.exec(errmsg)?.[1];
  const wait = () => formatSeconds(Number(seconds), Math.ceil);
  return seconds && { key: LIMITS[request] ?? "failure.busy", values: { wait } };
}
