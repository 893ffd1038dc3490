"""The headers of each address: security policies, caching and media types.

The server of `make serve`, the files for other servers (`builder.data.hosting`) and the policy in
the pages themselves are all made from this module.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from builder.kit.addresses import (
    EMBED_SCRIPT,
    EMBEDDED,
    OWN_TAPER,
    RULE_FILES,
    SEARCH,
    address,
    embedded_address,
)

# A page may use only these kinds of files, all from the site itself.
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
    # For the search form where no script handles it (theme/js/site.js). Answers in calculators are
    # read by their script and never sent.
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    # A script can make HTML of text in one place only, which has this name in theme/js.
    "require-trusted-types-for": "'script'",
    "trusted-types": "tilskuddsstigen",
}

# The calculators' Python and the search are WebAssembly. This allows no eval of JavaScript.
_WASM = {"script-src": "'self' 'wasm-unsafe-eval'"}
# A worker has the policy of its own file, not the policy of the page. A worker never turns text
# into a script.
_WORKER = {
    "default-src": "'none'",
    **_WASM,
    "connect-src": "'self'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
# A calculator by itself, which may stand in a page of anybody's.
_EMBEDDED = {**_PAGE, **_WASM, "form-action": "'none'", "frame-ancestors": "*"}
# The page that shows how to embed a calculator has one in a frame.
_EMBEDDING = {**_PAGE, "frame-src": "'self'"}

# For the scripts of any site: open data, and the script that puts calculators into other pages.
_READABLE = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@dataclass(frozen=True, kw_only=True)
class Rule:
    """An exception: addresses with another policy (`directives`), or with `others` headers.

    As in a `_headers` file, `:name` in a pattern is one step of an address and `*` any characters;
    an address that ends in a slash is also its `index.html`.
    """

    patterns: tuple[str, ...]
    directives: dict[str, str] | None = None
    others: dict[str, str] = field(default_factory=dict)

    @property
    def headers(self) -> dict[str, str]:
        """The headers of the addresses of this rule, by name, in place of the usual headers."""
        policy = {"Content-Security-Policy": _text(self.directives)} if self.directives else {}
        return policy | self.others


def _in_both(*addresses: str) -> tuple[str, ...]:
    """The addresses in both målformer."""
    return (*addresses, *(f"/nn{address}" for address in addresses))


# No two rules that match the same address may set the same header.
EXCEPTIONS = (
    Rule(
        patterns=_in_both(
            *(address(None, name) for name in (OWN_TAPER, SEARCH)), address(":scheme", "kalkulator")
        ),
        directives={**_PAGE, **_WASM},
    ),
    Rule(patterns=("/assets/worker-*.js",), directives=_WORKER),
    Rule(
        patterns=_in_both(embedded_address(":calculator")),
        directives=_EMBEDDED,
        # A page that isolates itself shows only frames that say this.
        others={"Cross-Origin-Resource-Policy": "cross-origin"},
    ),
    Rule(patterns=_in_both(address(None, EMBEDDED)), directives=_EMBEDDING),
    Rule(
        patterns=(
            *(EMBED_SCRIPT, "/api/*", "/*.ics", "/*.atom"),
            *_in_both(f"/:scheme/{RULE_FILES}/*"),
        ),
        others=_READABLE,
    ),
)

# Directives that browsers ignore, with a warning, in a policy that stands in the page.
_HEADER_ONLY = frozenset({"frame-ancestors"})


def content_security_policy(path: str, *, in_page: bool = False) -> str:
    """Return the policy of an address, which starts with `/`.

    With `in_page`, it is the policy for `<meta http-equiv="Content-Security-Policy">`, without the
    directives that only a header can have. Hosts that set no headers depend on it.
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
    placeholders = {":": "[^/]+", "*": ".*"}
    parts = re.split(r"(:\w+|\*)", pattern)
    steps = "".join(placeholders.get(part[:1]) or re.escape(part) for part in parts)
    return steps + r"(index\.html)?" if pattern.endswith("/") else steps


def _text(directives: dict[str, str], leave_out: frozenset[str] = frozenset()) -> str:
    return "; ".join(
        f"{name} {value}" for name, value in directives.items() if name not in leave_out
    )


# The policy of every answer, also of errors, but for the exceptions.
PAGE_POLICY = _text(_PAGE)

# Features of browsers that no page uses. Only names that browsers know: each of the others would be
# a warning in the console.
_FEATURES_OFF = (
    "accelerometer", "autoplay", "camera", "clipboard-read", "display-capture",
    "encrypted-media", "fullscreen", "geolocation", "gamepad", "gyroscope", "hid",
    "identity-credentials-get", "idle-detection", "local-fonts", "magnetometer", "microphone",
    "midi", "payment", "picture-in-picture", "publickey-credentials-create",
    "publickey-credentials-get", "screen-wake-lock", "serial", "storage-access", "usb",
    "window-management", "xr-spatial-tracking",
)  # fmt: skip

# The headers of every answer.
#
# No Strict-Transport-Security: browsers keep it for everything on that host, and it would shut the
# site out where it stands on an inner network without certificates. Who runs the host decides.
SECURITY_HEADERS: dict[str, str] = {
    "X-Content-Type-Options": "nosniff",
    # The sources that pages link to need not know where their reader comes from.
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": ", ".join(f"{feature}=()" for feature in _FEATURES_OFF),
    # A site that opens one of our pages can't reach its window, and our pages can't reach the
    # windows of other sites that they open.
    "Cross-Origin-Opener-Policy": "same-origin",
    # Only pages meant for embedding may be part of another site's pages (EXCEPTIONS). Links,
    # downloads and search engines are not affected. Cross-Origin-Embedder-Policy is left out: it
    # would give the pages shared memory between threads, which they have no use for.
    "Cross-Origin-Resource-Policy": "same-origin",
}

# As many characters as esbuild puts in the names of files.
_HASH_LENGTH = 8

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

ASSETS = "/assets/"
"""The folder of the theme's files and of the images of texts."""

# Folders in which the name of each file or folder has a hash of its content.
IMMUTABLE_FOLDERS = (ASSETS, "/runtime/", "/pagefind/fragment/", "/pagefind/index/")


def cache_control(path: str) -> str:
    """Return the Cache-Control value for a file, by its address, which starts with `/`."""
    return IMMUTABLE if path.startswith(IMMUTABLE_FOLDERS) else REVALIDATE


def hashed_name(name: str, data: bytes) -> str:
    """A file name with a hash of the file's content in it: `logo-1A2B3C4D.png` for `logo.png`.

    The hash looks as esbuild writes it in names: capital letters and digits.
    """
    stem, dot, ending = name.rpartition(".")
    digest = hashlib.sha256(data).hexdigest()[:_HASH_LENGTH].upper()
    return f"{stem}-{digest}{dot}{ending}"


# By the ending of the file name. All that the site has: guesses of servers differ by machine.
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
