// Fills in the code from the message (WebOTP). Failures are ignored, because the code can be typed.

async function waitForCode(input) {
  const waiting = new AbortController();
  input.form.addEventListener("submit", () => waiting.abort());
  try {
    const { code } = await navigator.credentials.get({ otp: { transport: ["sms"] }, signal: waiting.signal });
    if (!input.isConnected) return;
    input.value = code;
    input.dispatchEvent(new Event("input", { bubbles: true }));
  } catch {
    // Refused, aborted or unsupported.
  }
}

export function prepare() {
  if ("OTPCredential" in window) waitForCode(document.querySelector("input[autocomplete=one-time-code]"));
}
