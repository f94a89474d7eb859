// Points newcomers to the inbox where it exists. Asked on loopback only, so that no real deployment sees the request.

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

export async function showDevNote(note) {
  if (!LOOPBACK.includes(location.hostname)) return;
  const response = await fetch("/dev/inbox.json").catch(() => undefined);
  note.hidden = !response?.ok;
}
