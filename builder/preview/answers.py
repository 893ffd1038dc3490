"""The answer of the preview to a request: a page as it would be published, with the bar, or a file.

An address is looked up among the pages and files that the site has, and never used as a path.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from markupsafe import Markup

from builder.bundle.assets import STYLE
from builder.data.search import FOLDER as PAGEFIND
from builder.kit.headers import MEDIA_TYPES, content_security_policy, headers_of
from builder.preview.bar import Bar
from builder.preview.mistakes import Failure, failure_of, mistakes
from builder.preview.project import Project
from builder.views.page import Planned
from calc.rules import Lang

OWN = "/forhandsvisning/"
EVENTS = f"{OWN}hendelser"
SCRIPT = f"{OWN}skript.js"
STYLE_OF_PREVIEW = f"{OWN}stil.css"
# Addresses that only the preview has, and the files of the theme that it serves there unchanged.
_OWN_FILES = {
    SCRIPT: "theme/js/preview.js",
    STYLE_OF_PREVIEW: "theme/css/preview.css",
    # Replaces the service worker of the published site, if the browser has seen that on this port.
    "/sw.js": "theme/js/preview-service-worker.js",
}
# No answer is cached: a second later it may be another.
_NO_STORE = {"Cache-Control": "no-store"}
_HTML = MEDIA_TYPES[".html"]
_INDEX = "index.html"
# A redirect that browsers do not remember.
_MOVED = 307

# The page that shows a failure where the template for it fails too.
_PLAIN = Markup(
    '<!doctype html>\n<html lang="nb"><head><meta charset="utf-8"><title>Noe må rettes</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
    "<body><main><h1>Noe må rettes før siden kan vises</h1><pre>{text}</pre></main>{script}"
    "</body></html>\n"
)
_PLAIN_UNEXPECTED = "Noe uventet gikk galt. Hva det var, står i terminalen."


@dataclass(frozen=True)
class Answer:
    """The answer to a request: status code, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Script:
    """The values that the script of the preview gets from the page it stands on.

    `address` is the script itself, `events` the stream of news, `version` the version of the
    project that the page shows, and `findings_version` that of the findings
    (`Project.findings_version`). `is_failed`: the page shows a failure.
    """

    address: str = SCRIPT
    events: str = EVENTS
    version: str
    findings_version: int = 0
    is_failed: bool = False


@dataclass
class Answers:
    """Answers requests from a project.

    `report` is called with the address and the failure of a page that can't be made, once for each
    version and failure.
    """

    project: Project
    report: Callable[[str, Failure], None]
    # The version, and the failures that were reported of it.
    _reported: tuple[str, set[str]] = field(default=("", set()))

    def answer(self, asked: str, *, is_framed: bool = False) -> Answer:
        """The answer to a request for the address `asked`: decoded, without a query, from `/` on.

        A page in a frame (`is_framed`) gets no bar, since the page around it has one.
        """
        if asked in _OWN_FILES:
            data = (self.project.root / _OWN_FILES[asked]).read_bytes()
            return Answer(200, _headers(asked) | _NO_STORE, data)
        for files in (self.project.assets, self.project.images):
            if asked in files:
                return Answer(200, _headers(asked), files[asked])
        self.project.keep_day()
        # Read before the page is rendered: if a file is saved meanwhile, the page counts as the old
        # version.
        version = self.project.version.name
        if self.project.failure is not None:
            return self._failed(asked, self.project.failure, version)
        try:
            return self._of_site(asked, version, is_framed=is_framed)
        except Exception as error:  # shown and reported; the editor mends it while the preview runs
            failure = failure_of(error, self.project.root)
            # If a file was saved while the request waited, the failure is that of the new version.
            self._report_once(asked, failure, self.project.version.name)
            return self._failed(asked, failure, version)

    def _of_site(self, asked: str, version: str, *, is_framed: bool) -> Answer:
        project = self.project
        if target := project.redirect(asked) or self._canonical(asked):
            return Answer(_MOVED, headers_of(asked) | _NO_STORE | {"Location": target})
        if planned := project.at(asked):
            return self._page(planned, version, is_framed=is_framed)
        if PurePosixPath(asked).suffix:
            is_index = asked.startswith(f"/{PAGEFIND}/")
            file = project.index(asked) if is_index else project.file(asked)
            if file is not None:
                is_fixed = asked.startswith(project.site_generator.runtime.url)
                headers = _headers(asked) | ({} if is_fixed else _NO_STORE)
                return Answer(200, headers, file.read_bytes())
        missing = project.at("/nn/404.html" if _lang(asked) == "nn" else "/404.html")
        assert missing is not None
        return self._page(missing, version, is_framed=is_framed, status=404)

    def _canonical(self, asked: str) -> str | None:
        """The address of a page that was asked for as `/a` or `/a/index.html`: `/a/`; else None."""
        if asked.endswith(f"/{_INDEX}"):
            meant = asked.removesuffix(_INDEX)
        elif not asked.endswith("/") and not PurePosixPath(asked).suffix:
            meant = f"{asked}/"
        else:
            return None
        return meant if self.project.at(meant) else None

    def _page(
        self, planned: Planned, version: str, *, is_framed: bool, status: int = 200
    ) -> Answer:
        script = Script(version=version, findings_version=self.project.findings_version)
        rendered = self.project.page(planned)
        html = rendered.html
        if not is_framed:
            html = self._with_bar(html, rendered.bar, planned.lang, script)
        # A missing page has the headers of its own address, as on other servers.
        return Answer(status, _headers(planned.url, _HTML) | _NO_STORE, html.encode())

    def _with_bar(self, html: str, bar: Bar, lang: Lang, script: Script) -> str:
        part = self.project.component("preview", lang)
        before, head, after = html.partition("</head>")
        body, end, rest = after.rpartition("</body>")
        added = f"{part.preview_bar(bar)}\n{part.preview_script(script)}\n"
        return "".join(
            (before, part.preview_style(STYLE_OF_PREVIEW), "\n", head, body, added, end, rest)
        )

    # --- Failures ---

    def _failed(self, asked: str, failure: Failure, version: str) -> Answer:
        script = Script(version=version, is_failed=True)
        try:
            html = self.project.render(
                "forhandsvisning",
                _lang(asked),
                csp=content_security_policy(asked, in_page=True),
                style=self.project.site_generator.assets.url(STYLE),
                style_of_preview=STYLE_OF_PREVIEW,
                mistakes=mistakes(failure, self.project.root),
                script=script,
            )
        except Exception:  # the failure may be in the template of this page too
            html = _PLAIN.format(
                text=_PLAIN_UNEXPECTED if failure.trace else str(failure),
                script=Markup(
                    '<script type="module" src="{0.address}" data-preview data-failed'
                    ' data-version="{0.version}" data-finds="{0.findings_version}"'
                    ' data-events="{0.events}"></script>'
                ).format(script),
            )
        return Answer(500, _headers(asked, _HTML) | _NO_STORE, html.encode())

    def _report_once(self, asked: str, failure: Failure, version: str) -> None:
        if self._reported[0] != version:
            self._reported = version, set()
        if str(failure) not in self._reported[1]:
            self._reported[1].add(str(failure))
            self.report(asked, failure)


def _lang(asked: str) -> Lang:
    return "nn" if asked.startswith("/nn/") else "nb"


def _headers(asked: str, media_type: str = "") -> dict[str, str]:
    known = MEDIA_TYPES.get(PurePosixPath(asked).suffix, "application/octet-stream")
    return headers_of(asked) | {"Content-Type": media_type or known}
