"""How the pages are to be served: the one place for security headers, caching and media types.

`make serve` uses it as it is; header files for other hosts and the pages' own policy are made
from it.
"""

from __future__ import annotations

# Nothing is allowed but what the pages use, all of it from the site itself.
_POLICY = {
    "default-src": "'none'",
    # wasm-unsafe-eval: the calculator's Python is WebAssembly. It allows no eval of JavaScript.
    "script-src": "'self' 'wasm-unsafe-eval'",
    "worker-src": "'self'",
    "connect-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

# What browsers ignore, with a warning, when the policy stands in the page instead of a header.
_HEADER_ONLY = {"frame-ancestors"}


def _policy(directives: dict[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


CONTENT_SECURITY_POLICY = _policy(_POLICY)

META_CONTENT_SECURITY_POLICY = _policy(
    {name: sources for name, sources in _POLICY.items() if name not in _HEADER_ONLY}
)
"""The policy for `<meta http-equiv="Content-Security-Policy">`, for hosts without own headers."""

SECURITY_HEADERS: dict[str, str] = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"

# Folders whose file names or folder names hold a hash of the content.
IMMUTABLE_FOLDERS = ("/assets/", "/runtime/")


def cache_control(path: str) -> str:
    """Return the Cache-Control value for an address that starts with `/`."""
    return IMMUTABLE if path.startswith(IMMUTABLE_FOLDERS) else REVALIDATE


# By file name ending. Given in full: what a server would guess differs from machine to machine.
MEDIA_TYPES: dict[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".ics": "text/calendar; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".whl": "application/zip",
    ".woff2": "font/woff2",
    ".xml": "application/xml",
    ".zip": "application/zip",
}
