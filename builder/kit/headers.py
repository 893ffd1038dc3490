"""How each address is to be served: the one place for policies, caching and media types.

The server of `make serve`, the files for other servers (`builder.data.hosting`) and the policy that
stands in the pages themselves are all made from it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# Nothing is allowed but what a page uses, all of it from the site itself.
_PAGE = {
    "default-src": "'none'",
    "script-src": "'self'",
    # The calculators' worker, and the service worker at /sw.js.
    "worker-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self'",
    # data: the style sheet of the design system draws its icons with it.
    "img-src": "'self' data:",
    "font-src": "'self'",
    "base-uri": "'none'",
    # For the search form where no script takes it (theme/js/site.js). What calculators are told is
    # read by their script and never sent.
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    # A script can make HTML of text in one place only, which has this name in theme/js.
    "require-trusted-types-for": "'script'",
    "trusted-types": "tilskuddsstigen",
}

# The calculators' Python and the search are WebAssembly. This allows no eval of JavaScript.
_WASM = {"script-src": "'self' 'wasm-unsafe-eval'"}
# A worker has the policy of its own file, not that of the page. It makes no script of text at all.
_WORKER = {
    "default-src": "'none'",
    **_WASM,
    "connect-src": "'self'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
# A calculator by itself, which may stand in a page of anybody's.
_EMBEDDED = {**_PAGE, **_WASM, "form-action": "'none'", "frame-ancestors": "*"}
# The page that shows how that is done frames one of our own.
_EMBEDDING = {**_PAGE, "frame-src": "'self'"}

# Open data, and the script that puts calculators into other pages: for the scripts of any site.
_READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Addresses that are served otherwise than `EVERYWHERE`: another policy, other headers.

    As in a `_headers` file, `:name` in a pattern is one step of an address and `*` any characters;
    an address that ends in a slash is also its `index.html`.
    """

    patterns: tuple[str, ...]
    directives: dict[str, str] | None = None
    others: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """What these addresses are served with instead."""
        policy = {"Content-Security-Policy": _text(self.directives)} if self.directives else {}
        return policy | self.others


def _in_both(*addresses: str) -> tuple[str, ...]:
    """The addresses in both målformer."""
    return (*addresses, *(f"/nn{address}" for address in addresses))


# Of those that fit an address, no two may say the same header.
EXCEPTIONS = (
    Rule(
        patterns=_in_both("/egen-nedtrapping/", "/sok/", "/:scheme/kalkulator/"),
        directives={**_PAGE, **_WASM},
    ),
    Rule(patterns=("/assets/worker-*.js",), directives=_WORKER),
    Rule(
        patterns=_in_both("/innebygd/:calculator/"),
        directives=_EMBEDDED,
        # A page that isolates itself shows only frames that say this.
        others={"Cross-Origin-Resource-Policy": "cross-origin"},
    ),
    Rule(patterns=_in_both("/innebygd/"), directives=_EMBEDDING),
    Rule(
        patterns=("/embed.js", "/api/*", "/*.ics", "/*.atom", *_in_both("/:scheme/regler/*")),
        others=_READABLE,
    ),
)

# What browsers ignore, with a warning, when the policy stands in the page instead of a header.
_HEADER_ONLY = frozenset({"frame-ancestors"})


def content_security_policy(path: str, *, in_page: bool = False) -> str:
    """Return the policy of an address, which starts with `/`.

    `in_page` is for `<meta http-equiv="Content-Security-Policy">`, which hosts without headers of
    their own depend on: the same, but for what only a header can say.
    """
    fits = (
        exception.directives
        for exception in EXCEPTIONS
        if exception.directives and re.search(expression(exception.patterns), path)
    )
    return _text(next(fits, _PAGE), leave_out=_HEADER_ONLY if in_page else frozenset())


def headers_of(path: str) -> dict[str, str]:
    """Return every header of an address, which starts with `/`, but for its media type."""
    exceptions = [rule for rule in EXCEPTIONS if re.search(expression(rule.patterns), path)]
    everywhere = {**SECURITY_HEADERS, "Content-Security-Policy": PAGE_POLICY}
    own = {name: value for rule in exceptions for name, value in rule.headers.items()}
    return {**everywhere, "Cache-Control": cache_control(path), **own}


def expression(patterns: tuple[str, ...]) -> str:
    """Return patterns as one regular expression that Python, Caddy and nginx read alike."""
    return f"^({'|'.join(map(_expression, patterns))})$"


def _expression(pattern: str) -> str:
    known = {":": "[^/]+", "*": ".*"}
    parts = re.split(r"(:\w+|\*)", pattern)
    steps = "".join(known.get(part[:1]) or re.escape(part) for part in parts)
    return steps + r"(index\.html)?" if pattern.endswith("/") else steps


def _text(directives: dict[str, str], leave_out: frozenset[str] = frozenset()) -> str:
    return "; ".join(
        f"{name} {value}" for name, value in directives.items() if name not in leave_out
    )


# The policy of every answer, also of errors, but for the exceptions.
PAGE_POLICY = _text(_PAGE)

# What pages could ask the browser for, and don't. Only names that browsers know, since each of the
# others is a warning in the console.
_FEATURES_OFF = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gamepad", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "publickey-credentials-create",
    "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip

# On every answer, whatever it is.
#
# No Strict-Transport-Security: browsers keep it for everything on that host, and it would shut the
# site out where it stands on an inner network without certificates. Who runs the host decides.
SECURITY_HEADERS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    # The sources that pages link to need not know where their reader comes from.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES_OFF),
    # A site that opens one of the pages keeps no hold of its window, nor a page of what it opens.
    "Cross-Origin-Opener-Policy": "same-origin",
    # Only what is made for it may be part of another site's pages (EXCEPTIONS). Links, downloads
    # and search engines are not affected. Cross-Origin-Embedder-Policy is left out: it would give
    # the pages shared memory between threads, which they have no use for.
    "Cross-Origin-Resource-Policy": "same-origin",
}

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

# Folders whose file names or folder names hold a hash of the content.
IMMUTABLE_FOLDERS = ("/assets/", "/runtime/", "/pagefind/fragment/", "/pagefind/index/")


def cache_control(path: str) -> str:
    """Return the Cache-Control value for a file, by its address, which starts with `/`."""
    return IMMUTABLE if path.startswith(IMMUTABLE_FOLDERS) else REVALIDATE


# By file name ending. Given in full: what a server would guess differs from machine to machine.
MEDIA_TYPES: dict[str, str] = {
    ".atom": "application/atom+xml; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ics": "text/calendar; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    # Parts of the search index, packed by Pagefind itself.
    ".pagefind": "application/octet-stream",
    ".pdf": "application/pdf",
    ".pf_fragment": "application/octet-stream",
    ".pf_index": "application/octet-stream",
    ".pf_meta": "application/octet-stream",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".yaml": "application/yaml",
    ".zip": "application/zip",
}
