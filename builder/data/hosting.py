"""Settings of web servers for the built site: static hosts, Caddy and nginx.

All settings are derived from `builder.kit.headers`, and each release has the files that fit it:
`_headers` and `_redirects` at the root, where Netlify and Cloudflare Pages look for them, and the
settings of Caddy and nginx in `hosting/`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from builder.kit.headers import (
    EXCEPTIONS,
    IMMUTABLE,
    IMMUTABLE_FOLDERS,
    MEDIA_TYPES,
    PAGE_POLICY,
    REVALIDATE,
    SECURITY_HEADERS,
    cache_control,
    expression,
)

FOLDER = "hosting"
HEADERS_FILE = "_headers"
REDIRECTS_FILE = "_redirects"

# The headers of every answer, and the headers among them whose value differs between addresses.
_EVERYWHERE = {
    **SECURITY_HEADERS,
    "Content-Security-Policy": PAGE_POLICY,
    "Cache-Control": REVALIDATE,
}
_EXCEPTIONAL = tuple(dict.fromkeys(name for rule in EXCEPTIONS for name in rule.headers))
_OF_AN_ADDRESS = {
    name: value
    for name, value in _EVERYWHERE.items()
    if name in _EXCEPTIONAL or name == "Cache-Control"
}
_HTML = MEDIA_TYPES[".html"]
_HASHED = [f"{start}*" for start in IMMUTABLE_FOLDERS]
# Files of this folder never change either, but they are too many to be listed one by one.
_TOO_MANY = "/pagefind/"


def files(site: Iterable[str], redirects: Mapping[str, str]) -> Iterator[tuple[str, bytes]]:
    """The settings of all web servers: the path of each file in the site, and its bytes.

    `site` has the path of every file of the site without the compressed copies, and `redirects`
    every earlier address with the present one.
    """
    addresses = sorted(f"/{path}" for path in site)
    yield HEADERS_FILE, headers_file(addresses).encode()
    yield REDIRECTS_FILE, redirects_file(redirects).encode()
    yield f"{FOLDER}/Caddyfile", caddyfile(redirects).encode()
    yield f"{FOLDER}/nginx.conf", nginx(redirects).encode()


# --- _headers ---


def headers_file(files: Iterable[str]) -> str:
    """The text of `_headers` for a site with files at these addresses.

    Netlify and Cloudflare apply every rule that matches, from the top. Where two rules set the same
    header, Cloudflare joins the values, unless the later rule has a line `! Name` that drops the
    earlier value. Netlify ignores such lines, and the later rule wins. The result is one value.

    Files that never change are listed one by one. With a rule for their folder, browsers would also
    store the answer 404 for a year. Cloudflare reads at most a hundred rules. So the many small
    files of the search index have no rule, and browsers ask for these files anew, as for pages.
    """
    rules: dict[str, dict[str, str]] = {"/*": _EVERYWHERE}
    for rule in EXCEPTIONS:
        rules |= dict.fromkeys(rule.patterns, rule.headers)
    for file in files:
        if (caching := cache_control(file)) != REVALIDATE and not file.startswith(_TOO_MANY):
            media_type = MEDIA_TYPES.get(Path(file).suffix)
            rules[file] = {"Cache-Control": caching}
            rules[file] |= {"Content-Type": media_type} if media_type else {}
    return "\n".join([_INTRODUCTION_TO_HEADERS, *_headers_rules(rules)])


def _headers_rules(rules: dict[str, dict[str, str]]) -> Iterator[str]:
    for pattern, values in rules.items():
        yield pattern
        for name, value in values.items():
            if values is not _EVERYWHERE and name in {*_EVERYWHERE, *_EXCEPTIONAL}:
                yield f"  ! {name}"
            yield f"  {name}: {value}"
        yield ""


_INTRODUCTION_TO_HEADERS = """\
# Svarhoder for verter som leser denne filen (Netlify, Cloudflare Pages). Bygget lager den av
# builder/kit/headers.py; rett der, ikke her. Linjer med utropstegn fjerner det en regel over har
# satt.
"""


# --- _redirects ---


def redirects_file(redirects: Mapping[str, str]) -> str:
    """The text of `_redirects`: every earlier address with the present one.

    The earlier address of a page has a page too, which leads to the present address. Cloudflare
    redirects before it looks for files; Netlify answers with the page.
    """
    return _INTRODUCTION_TO_REDIRECTS + "".join(
        f"{old} {new} {_MOVED}\n" for old, new in redirects.items()
    )


def read_redirects(site: Path) -> dict[str, str]:
    """The redirects of a built site, read from its `_redirects`; none where the file is missing."""
    file = site / REDIRECTS_FILE
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    return dict(line.split()[:2] for line in lines if line and not line.startswith("#"))


_MOVED = 301
_INTRODUCTION_TO_REDIRECTS = """\
# Tidligere adresser for verter som leser denne filen (Netlify, Cloudflare Pages). Bygget lager den
# av «aliases» i innholdet; rett der, ikke her.
"""


# --- Caddy ---


def caddyfile(redirects: Mapping[str, str]) -> str:
    """The text of a Caddyfile for editors who run a server."""
    return _CADDYFILE.replace("RULES\n", caddy_rules(redirects))


def caddy_rules(redirects: Mapping[str, str]) -> str:
    """The lines after `root` in a site block of a Caddyfile. `make serve` uses these lines too."""
    return "".join(f"\t{line}\n" for line in _caddy_lines(redirects))


def _caddy_lines(redirects: Mapping[str, str]) -> Iterator[str]:
    def block(name: str, lines: Iterable[str]) -> Iterator[str]:
        yield f"{name} {{"
        yield from (f"\t{line}" for line in lines)
        yield "}"

    def headers(values: dict[str, str], matcher: str = "") -> Iterator[str]:
        for name, value in values.items():
            yield " ".join(filter(None, ["header", matcher, name, f'"{value}"']))

    def steps() -> Iterator[str]:
        yield from headers(_EVERYWHERE)
        yield "header -Server"
        for number, rule in enumerate(EXCEPTIONS, 1):
            yield f"@exception{number} path_regexp {expression(rule.patterns)}"
            yield from headers(rule.headers, f"@exception{number}")
        yield from (f"redir {old} {new} {_MOVED}" for old, new in redirects.items())
        # Caddy redirects the address of a file with a slash at the end to the address without.
        # Browsers must not store that answer.
        yield from block("@immutable", [f"path {' '.join(_HASHED)}", "not path */"])
        yield from headers({"Cache-Control": IMMUTABLE}, "@immutable")
        for ending, media_type in MEDIA_TYPES.items():
            folders = " */" if media_type == _HTML else ""
            yield f"@{ending[1:]} path *{ending}{folders}"
            yield from headers({"Content-Type": media_type}, f"@{ending[1:]}")
        yield from block(
            "file_server",
            ["precompressed br gzip", f"hide {HEADERS_FILE} {REDIRECTS_FILE} {FOLDER}"],
        )

    def errors() -> Iterator[str]:
        # Headers that were set before the error stay, except headers that depend on the address:
        # the missing file may exist after the next publish.
        yield from headers({**_OF_AN_ADDRESS, "Content-Type": _HTML})
        yield from (f"header -{name}" for name in _EXCEPTIONAL if name not in _EVERYWHERE)
        yield "header -Server"
        # Caddy calls a name that is too long for the file system a bad request.
        missing = "vars {err.status_code} 400 404"
        for name, lines, page in (
            ("@nynorsk", ["path /nn/*"], "/nn/404.html"),
            ("@bokmaal", ["not path /nn/*"], "/404.html"),
        ):
            yield from block(name, [missing, *lines])
            yield f"rewrite {name} {page}"
        yield f"@missing {missing}"
        yield from block("file_server @missing", ["status 404"])

    # `route` applies the directives in this order instead of the order of Caddy.
    yield from block("route", steps())
    yield from block("handle_errors", block("route", errors()))


_CADDYFILE = """\
# Tilskuddsstigen i Caddy 2. Bygget lager filen av builder/kit/headers.py; rett der, ikke her: hver
# utgave av nettstedet har filen som hører til.
#
# To ting settes for hvert sted, som miljøvariabler i Caddys tjeneste (i systemd: Environment=):
#
#   TILSKUDDSSTIGEN_ADRESSE  nettstedets adresse; med https henter Caddy sertifikat selv
#   TILSKUDDSSTIGEN_MAPPE    mappen med det publiserte nettstedet: public/current i prosjektet,
#                            altså lenken, slik at en publisering vises uten omstart
#
# Hent så inn filen i serverens egen Caddyfile (import /…/public/current/hosting/Caddyfile), og
# kjør «systemctl reload caddy» etter en publisering som endrer den.
#
# Strict-Transport-Security er ikke med: den gjelder alt på vertsnavnet, så den settes av den som
# driver serveren.

{$TILSKUDDSSTIGEN_ADRESSE:http://localhost} {
	root * "{$TILSKUDDSSTIGEN_MAPPE:/srv/tilskuddsstigen/public/current}"
RULES
}
"""


# --- nginx ---


def nginx(redirects: Mapping[str, str]) -> str:
    """Return an nginx configuration to be included at the level of `http`."""
    folders = "|".join(start.strip("/") for start in IMMUTABLE_FOLDERS)
    fixed = {name: f'"{value}"' for name, value in SECURITY_HEADERS.items()}
    fixed |= {name: _variable(name) for name in (*_EXCEPTIONAL, "Cache-Control")}
    types = [f'"{media_type}" {ending[1:]};' for ending, media_type in MEDIA_TYPES.items()]
    text = _NGINX
    for name, lines in {
        "EXCEPTIONS": [line for header in _EXCEPTIONAL for line in _nginx_map(header)],
        "CACHING": [f'default "{REVALIDATE}";', f'"~^(200|206|304):/({folders})/" "{IMMUTABLE}";'],
        "HEADERS": [f"add_header {header} {value} always;" for header, value in fixed.items()],
        "TYPES": types,
        "HIDDEN": [
            *(f"location = /{name} {{ return 404; }}" for name in (HEADERS_FILE, REDIRECTS_FILE)),
            f"location /{FOLDER}/ {{ return 404; }}",
        ],
        "MOVED": [
            f"location = {old} {{ return {_MOVED} {new}; }}" for old, new in redirects.items()
        ]
        or ["# Ingen."],
    }.items():
        indent = text[: text.index(name)].rpartition("\n")[2]
        text = text.replace(name, f"\n{indent}".join(lines))
    return text


def _variable(header: str) -> str:
    return f"$tilskuddsstigen_{header.lower().replace('-', '_')}"


def _nginx_map(header: str) -> Iterator[str]:
    """The values of a header by address. nginx leaves a header out where its value is empty."""
    yield f"map $uri {_variable(header)} {{"
    yield f'    default "{_EVERYWHERE.get(header, "")}";'
    for rule in EXCEPTIONS:
        if header in rule.headers:
            yield f'    "~{expression(rule.patterns)}" "{rule.headers[header]}";'
    yield "}"


_NGINX = """\
# Tilskuddsstigen i nginx. Bygget lager filen av builder/kit/headers.py; rett der, ikke her: hver
# utgave av nettstedet har filen som hører til.
#
# Legg en kopi der http-blokken henter inn filer (på Debian /etc/nginx/conf.d/tilskuddsstigen.conf),
# og sett de tre linjene som er merket SETT. Ta en ny kopi etter en publisering som endrer filen.
#
# Strict-Transport-Security er ikke med: den gjelder alt på vertsnavnet, så den settes av den som
# driver serveren.

# Det som er annerledes på noen adresser: sider med kalkulator eller søk får kjøre WebAssembly,
# innebygde kalkulatorer kan stå på andres sider, og åpne data kan leses av andres skript.
EXCEPTIONS

# Filer med hash i navnet endres aldri. Det gjelder ikke svar om at en fil mangler.
map "$status:$uri" $tilskuddsstigen_cache_control {
    CACHING
}

map $uri $tilskuddsstigen_missing {
    default /404.html;
    ~^/nn/ /nn/404.html;
}

server {
    listen 80; # SETT: porten; for https «443 ssl» med ssl_certificate og ssl_certificate_key
    server_name _; # SETT: vertsnavnet
    # SETT: mappen med det publiserte nettstedet, public/current i prosjektet. Bruk lenken, slik at
    # en publisering vises uten omstart.
    root /srv/tilskuddsstigen/public/current;

    # Skal du legge til en location med egen add_header, må alle linjene her gjentas i den: nginx
    # lar add_header arves bare dit hvor det ikke står noen fra før.
    HEADERS

    index index.html;
    absolute_redirect off;
    server_tokens off;
    # At noe ikke skal vises, er for leseren det samme som at det ikke er der.
    error_page 403 404 =404 $tilskuddsstigen_missing;
    HIDDEN

    # Tidligere adresser.
    MOVED

    # Komprimerte kopier ligger ved siden av filene.
    gzip_static on;
    gzip_proxied any;
    gzip_vary on;
    # Brotli er mindre, men er en egen modul (på Debian libnginx-mod-http-brotli-static). Er den
    # installert, ta bort tegnet foran:
    # brotli_static on;

    default_type application/octet-stream;
    types {
        TYPES
    }
}
"""
