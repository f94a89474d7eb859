// Fields of the sign-up page and the places of their errors, shared by both steps: sending a code and registering.

import { FormErrors } from "./form-errors.js";

const find = (id) => document.getElementById(id);

export const form = find("sign-up");
export const mobile = find("mobile");
export const imageCode = find("image-code");
export const smsCode = find("sms-code");
export const password = find("password");

export const errors = new FormErrors({
  mobile: { input: mobile, error: find("mobile-error") },
  imageCode: { input: imageCode, error: find("image-code-error") },
  picture: { error: find("captcha-error") },
  sound: { error: find("sound-error") },
  smsCode: { input: smsCode, error: find("sms-code-error") },
  send: { error: find("send-error") },
  password: { input: password, error: find("password-error") },
  form: { error: find("form-error") },
});
