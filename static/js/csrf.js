// The token that every POST repeats. Over https the cookie has the __Host- prefix; a stale plain one must not win.

export function csrfToken() {
  const cookies = new Map(document.cookie.split("; ").map((pair) => {
    const cut = pair.indexOf("=");
    return [pair.slice(0, cut), pair.slice(cut + 1)];
  }));
  return cookies.get("__Host-csrf_token") ?? cookies.get("csrf_token");
}
