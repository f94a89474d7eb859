// Leaves for the application that has sent the person. A form that a script has sent cannot be redirected to another
// origin, so its answer is a page with the link.

export function prepare() {
  const link = document.querySelector("a[data-onward]");
  // The page of the form is not one to come back to.
  location.replace(link.href);
}
