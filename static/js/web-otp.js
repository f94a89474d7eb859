// Lets the phone fill the code in from the message (WebOTP). It is a courtesy: every failure is silent.

let waiting;

export function stopWaitingForCode() {
  waiting?.abort();
  waiting = undefined;
}

export async function waitForCode(input) {
  if (!("OTPCredential" in window)) return;
  stopWaitingForCode();
  waiting = new AbortController();
  try {
    const { code } = await navigator.credentials.get({ otp: { transport: ["sms"] }, signal: waiting.signal });
    input.value = code;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    // Refused, aborted or unsupported: the code is typed by hand.
  }
}
