"""The names in addresses of the site, and the address of each kind of page and file.

An address begins at the root of the site. The address of a page in bokmål has a slash at both ends;
the same page in nynorsk stands under `/nn/`.
"""

from typing import Literal

from calc.rules import Lang

PAGE_NAMES = (
    "om",
    "hvem-kan-soke",
    "hva-du-kan-fa-stotte-til",
    "kalkulator",
    "slik-soker-du",
    "rapportering",
)
"""The pages of a scheme by file name, in the order of its navigation, its front page first."""

RULE_YEARS = "satser"
"""The step of an address below which the rates of each rule year stand."""
RULE_FILES = "regler"
"""The step of an address below which the rules of each year stand as files."""
RULE_FILE_KINDS = ("yaml", "json")

# General pages, by name.
FRONT_PAGE = "forside"
CHANGES_PAGE = "endringer"
DEADLINES = "frister"
EMBEDDED = "innebygd"
OFFLINE = "uten-nett"  # theme/js/service-worker.js has this name
OWN_TAPER = "egen-nedtrapping"
SEARCH = "sok"

LISTS = "ordninger"
"""The step of an address below which the further pages of the list of schemes stand."""
NAMES = f"/{LISTS}/a-aa/"
"""The address of the names of all schemes."""
NOT_FOUND = "404"
"""The name of the page that web servers show at an unknown address."""

API_VERSION: Literal[1] = 1
API = f"/api/v{API_VERSION}/"
"""The beginning of the addresses of open data."""
SCHEMES_DATA = "schemes"
"""The name of the open data that lists all schemes."""
CHANGES_DATA = "changes"
"""The name of the open data with all published changes."""
FEED = f"/{CHANGES_PAGE}.atom"
EMBED_SCRIPT = "/embed.js"
ROBOTS = "/robots.txt"
SITEMAP = "/sitemap.xml"

OWN_FOLDERS = {"api", "assets", "hosting", "nn", "pagefind", "runtime", "schemes", LISTS, OFFLINE}
"""Names that neither a scheme nor a general page can have: the site has these folders itself."""
SHARED_FOLDERS = {CHANGES_PAGE, DEADLINES, EMBEDDED}
"""Names of general pages below which the site has pages and files of its own."""


def address(scheme: str | None, name: str) -> str:
    """The address of a page in bokmål, by the slug of its scheme (None: general) and its name."""
    if scheme is None:
        return "/" if name == FRONT_PAGE else f"/{name}/"
    return f"/{scheme}/" if name == PAGE_NAMES[0] else f"/{scheme}/{name}/"


def localized(path: str, lang: Lang) -> str:
    """The address of a page in a målform, by its address in bokmål."""
    return f"/nn{path}" if lang == "nn" else path


def year_address(scheme: str, year: int) -> str:
    """The address, in bokmål, of the page that has the rates of a rule year."""
    return f"/{scheme}/{RULE_YEARS}/{year}/"


def embedded_address(calculator: str) -> str:
    """The address, in bokmål, of a calculator alone: of a scheme by its slug, or `OWN_TAPER`."""
    return f"/{EMBEDDED}/{calculator}/"


def rule_file_address(scheme: str, year: int, kind: str) -> str:
    """The address, in both målformer, of the rules of a year; `kind` as in `RULE_FILE_KINDS`."""
    return f"/{scheme}/{RULE_FILES}/{year}.{kind}"


def calendar_address(scheme: str | None) -> str:
    """The address in bokmål of a scheme's calendar, or of the calendar of all schemes (None)."""
    return f"/{DEADLINES}.ics" if scheme is None else f"/{scheme}/{DEADLINES}.ics"


def data_address(name: str, number: int = 1) -> str:
    """The address of open data: of a scheme by its slug, or of page `number` of a long list."""
    return f"{API}{name}.json" if number == 1 else f"{API}{name}/{number}.json"


def schema_address(name: str) -> str:
    """The address of the JSON Schema of a kind of open data: `schemes` or `scheme`."""
    return f"{API}schema/{name}.json"
