// Leads on from addresses of changes that have gone from the page of the newest: each stays on the
// page of its month, which is how its name begins.

import "./site.js";

const month = /^#(\d{4}-\d{2})-\d{2}-/.exec(location.hash)?.[1];
if (month && !document.getElementById(location.hash.slice(1))) {
  /** @type {HTMLAnchorElement} */
  const link = document.querySelector(`.month-list a[href$="/${month}/"]`);
  if (link) {
    location.replace(link.href + location.hash);
  }
}
