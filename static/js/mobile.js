// Takes a number as people type or paste it: full-width digits, spaces, hyphens, brackets. The server judges the rest.

export function tidyMobile(typed) {
  return typed.normalize("NFKC").replace(/[\s().\-\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}
