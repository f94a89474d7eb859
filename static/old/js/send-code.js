// First step of sign-up: requests a text message with the answer of the picture.

import { post } from "./api.js";
import { isBusy, setBusy, setReady } from "./busy-button.js";
import { Captcha } from "./captcha.js";
import { CaptchaSound } from "./captcha-sound.js";
import { Countdown } from "./countdown.js";
import { formatSeconds } from "./dates.js";
import { say, unsay } from "./i18n.js";
import { tidyMobile } from "./mobile.js";
import { SEND_UNKNOWN, explain } from "./refusals.js";
import settings from "./settings.js";
import { errors, imageCode, mobile, smsCode } from "./sign-up-form.js";
import { waitForCode } from "./web-otp.js";

// The server refuses these before it checks the answer, so the picture is not spent.
const PICTURE_UNTOUCHED = ["refusal.mobileFormat", "refusal.sendLimit"];

const send = document.getElementById("send-code");
const status = document.getElementById("send-status");

const captcha = new Captcha({
  button: document.getElementById("captcha"),
  image: document.getElementById("captcha-image"),
  input: imageCode,
  onRenewed: () => {
    errors.clear("imageCode");
    sound.withdraw();
  },
  onLoaded: () => {
    errors.clear("picture");
    if (!captcha.isSpent) sound.offer();
  },
  onFailed: () => errors.show("picture", "failure.picture"),
});

const sound = new CaptchaSound({
  button: document.getElementById("captcha-listen"),
  captcha,
  onStarted: () => errors.clear("sound"),
  onGone: () => {
    captcha.renew();
    errors.show("sound", "refusal.soundGone");
  },
  onFailed: (fault) => errors.show("sound", fault.key, fault),
});

const countdown = new Countdown({
  seconds: settings.resendSeconds,
  onTick: (seconds) => setBusy(send, "send.wait", { values: { seconds } }),
  onEnd: () => {
    setReady(send, "send.idle");
    if (captcha.isSpent) captcha.renew();
  },
});

// Rounded down, so that a code is valid for at least the stated time.
const codeLife = () => formatSeconds(settings.codeSeconds, Math.floor);

let sent = false;

export function codeWasSent() {
  return sent;
}

/** Forgets the countdown after the number is registered. */
export function forgetCountdown() {
  countdown.forget();
}

function refuse(answer, fault) {
  setReady(send, "send.idle");
  // Without an answer it is unknown whether the picture is spent, so the typed answer is kept for the next attempt.
  if (!answer.failure && !PICTURE_UNTOUCHED.includes(fault.key)) captcha.renew();
  errors.show(fault.field, fault.key, fault);
  errors.focusFirst();
}

async function sendCode() {
  if (isBusy(send)) return;
  errors.clearAll();
  unsay(status);
  if (!errors.requireAll({ mobile: "missing.mobile", imageCode: "missing.imageCode" })) return;

  const number = tidyMobile(mobile.value);
  setBusy(send, "send.busy");
  const answer = await post("/passport/sms_code", {
    mobile: number,
    image_code: imageCode.value.trim(),
    image_code_id: captcha.id,
  });
  const fault = answer.ok ? undefined : explain("sendCode", answer);
  const mayArrive = fault?.key === SEND_UNKNOWN;
  if (fault && !mayArrive) {
    refuse(answer, fault);
    return;
  }
  sent = true;
  captcha.markSpent();
  sound.withdraw();
  countdown.start();
  say(status, mayArrive ? fault.key : "send.done", { values: { mobile: number, life: codeLife } });
  smsCode.focus();
  waitForCode(smsCode);
}

export function prepareSendCode() {
  send.addEventListener("click", sendCode);
  // Enter in the field of the picture sends the code instead of submitting the form.
  imageCode.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    sendCode();
  });
  captcha.renew();
  sent = countdown.resume();
}
