// Fills in the code from the message (WebOTP). Failures are ignored, because the code can be typed.

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
    // Refused, aborted or unsupported.
  }
}
