"""The expected answer of each address, for every kind of host."""

from dataclasses import dataclass, field
from pathlib import Path

from builder.kit.headers import SECURITY_HEADERS

PAGE = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self';"
    " style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script';"
    " trusted-types tilskuddsstigen"
)
CALCULATOR = PAGE.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
EMBEDDED = CALCULATOR.replace("form-action 'self'", "form-action 'none'").replace(
    "frame-ancestors 'none'", "frame-ancestors *"
)
EMBEDDING = f"{PAGE}; frame-src 'self'"
WORKER = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self';"
    " require-trusted-types-for 'script'; trusted-types 'none'"
)

HTML = "text/html; charset=utf-8"
SCRIPT = "text/javascript; charset=utf-8"
FOREVER = "public, max-age=31536000, immutable"
PACKED = "application/octet-stream"
# Frames of pages that isolate themselves, and scripts of any site.
FRAMED = {"Cross-Origin-Resource-Policy": "cross-origin"}
READABLE = {**FRAMED, "Access-Control-Allow-Origin": "*"}


@dataclass(frozen=True)
class Expected:
    """The answer at an address, in which `*` stands for what differs between builds."""

    pattern: str
    media_type: str = HTML
    policy: str = PAGE
    caching: str = "no-cache"
    status: int = 200
    others: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.pattern

    @property
    def headers(self) -> dict[str, str]:
        return {
            **SECURITY_HEADERS,
            "Content-Security-Policy": self.policy,
            "Cache-Control": self.caching,
            "Content-Type": self.media_type,
            **self.others,
        }

    def file(self, site: Path) -> Path:
        """The file that is sent."""
        if self.status == 404:
            return site / ("nn/404.html" if self.pattern.startswith("/nn/") else "404.html")
        index = "index.html" if self.pattern.endswith("/") else ""
        return min(site.glob(f"{self.pattern.lstrip('/')}{index}"))

    def address(self, site: Path) -> str:
        if "*" not in self.pattern:
            return self.pattern
        address = f"/{self.file(site).relative_to(site).as_posix()}"
        return address.removesuffix("index.html")


def hashed(pattern: str, media_type: str, policy: str = PAGE) -> Expected:
    return Expected(pattern, media_type, policy, FOREVER)


THERE = (
    Expected("/"),
    Expected("/nn/"),
    Expected("/*/hvem-kan-soke/"),
    Expected("/nn/*/hvem-kan-soke/"),
    Expected("/*/kalkulator/", policy=CALCULATOR),
    Expected("/nn/*/kalkulator/", policy=CALCULATOR),
    Expected("/egen-nedtrapping/", policy=CALCULATOR),
    Expected("/nn/egen-nedtrapping/", policy=CALCULATOR),
    Expected("/frister.ics", "text/calendar; charset=utf-8", others=READABLE),
    Expected("/nn/*/frister.ics", "text/calendar; charset=utf-8", others=READABLE),
    Expected("/robots.txt", "text/plain; charset=utf-8"),
    Expected("/api/v1/schemes.json", "application/json", others=READABLE),
    Expected("/api/v1/schema/scheme.json", "application/json", others=READABLE),
    Expected("/*/regler/*.json", "application/json", others=READABLE),
    Expected("/*/regler/*.yaml", "application/yaml", others=READABLE),
    Expected("/*/satser/*/"),
    Expected("/endringer.atom", "application/atom+xml; charset=utf-8", others=READABLE),
    Expected("/api/v1/changes.json", "application/json", others=READABLE),
    Expected("/sok/", policy=CALCULATOR),
    Expected("/nn/sok/", policy=CALCULATOR),
    Expected("/innebygd/", policy=EMBEDDING),
    Expected("/nn/innebygd/", policy=EMBEDDING),
    Expected("/innebygd/*/", policy=EMBEDDED, others=FRAMED),
    Expected("/nn/innebygd/*/", policy=EMBEDDED, others=FRAMED),
    Expected("/embed.js", SCRIPT, others=READABLE),
    Expected("/pagefind/pagefind.js", SCRIPT),
    Expected("/pagefind/wasm.nb.pagefind", PACKED),
    hashed("/assets/worker-*.js", SCRIPT, WORKER),
    hashed("/assets/calculator-*.js", SCRIPT),
    hashed("/assets/site-*.css", "text/css; charset=utf-8"),
    hashed("/assets/favicon-*.svg", "image/svg+xml"),
    hashed("/assets/deling-*.png", "image/png"),
    hashed("/assets/*.woff2", "font/woff2"),
    hashed("/runtime/*/pyodide.mjs", SCRIPT),
    hashed("/runtime/*/pyodide.asm.wasm", "application/wasm"),
    hashed("/runtime/*/*.whl", "application/zip"),
    hashed("/runtime/*/*.zip", "application/zip"),
)
# Where a rule for each file would be too many for a rule by address.
THERE_ON_SERVERS = (
    hashed("/pagefind/fragment/nb_*.pf_fragment", PACKED),
    hashed("/pagefind/index/nn_*.pf_index", PACKED),
)
MISSING = (
    Expected("/finnes-ikke/", status=404),
    # A name that no file system takes.
    Expected(f"/{'a' * 300}/", status=404),
    Expected("/nn/finst-ikkje/", status=404),
    Expected("/assets/finnes-ikke.js", status=404),
    Expected("/runtime/0123456789abcdef/pyodide.mjs", status=404),
)
# Where a server can tell what is there and what is not, and a rule by address alone can't.
MISSING_BY_SERVER = (
    Expected("/finnes-ikke/kalkulator/", status=404),
    Expected("/nn/finst-ikkje/kalkulator/", status=404),
    Expected("/innebygd/finnes-ikke/", status=404),
    Expected("/api/finnes-ikke.json", status=404),
    Expected("/pagefind/index/finnes-ikke.pf_index", status=404),
    Expected("/assets/worker-00000000.js", status=404),
    Expected("/assets/", status=404),
    # For the host, not for readers.
    Expected("/_headers", status=404),
    Expected("/_redirects", status=404),
    Expected("/hosting/Caddyfile", status=404),
    Expected("/hosting/nginx.conf", status=404),
)
# What any site's scripts may read, wherever it stands.
OPEN_DATA = tuple(
    Expected(address, others=READABLE)
    for address in (
        "/nn/oppfolging-voksne/regler/2025/",
        # Two rules fit.
        "/api/v1/frister.ics",
    )
)
