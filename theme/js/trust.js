// The page's only way to write HTML or start a script (Trusted Types, where the browser has them):
// whatever else tries is stopped by the page's policy.

function ownAddress(value) {
  const url = new URL(value, document.baseURI);
  if (url.origin !== location.origin) {
    throw new TypeError(`${url} is not of this site`);
  }
  return url.href;
}

const rules = { createHTML: (value) => value, createScriptURL: ownAddress };
const policy = window.trustedTypes?.createPolicy("tilskuddsstigen", rules) ?? rules;

/** HTML from our own Python, which escapes all values. */
export const ownHtml = (html) => policy.createHTML(html);

/** The address of a script of this site; another site's is refused. */
export const ownScript = (url) => policy.createScriptURL(url);
