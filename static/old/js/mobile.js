// Removes what people type or paste around the digits: spaces, hyphens, brackets, full-width forms. The server validates
// the rest.

export function tidyMobile(typed) {
  return typed.normalize("NFKC").replace(/[\s().\-\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}
