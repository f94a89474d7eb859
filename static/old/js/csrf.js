// The token that every POST repeats. With https its cookie has the prefix __Host-, and takes precedence over a stale
// cookie without it.

export function csrfToken() {
  const cookies = new Map(document.cookie.split("; ").map((pair) => {
    const cut = pair.indexOf("=");
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  }));
  return cookies.get("__Host-csrf_token") ?? cookies.get("csrf_token");
}
