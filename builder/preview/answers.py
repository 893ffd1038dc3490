"""What an address of the preview gives: pages as they would be published, and what stands around.

Everything is looked up among what the site has; no file is opened by the path that was asked for.
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
from builder.views.pages import Planned
from calc.rules import Lang

OWN = "/forhandsvisning/"
EVENTS = f"{OWN}hendelser"
SCRIPT = f"{OWN}skript.js"
STYLE_OF_PREVIEW = f"{OWN}stil.css"
# What only the preview serves: files of the theme, as they are.
_OWN_FILES = {
    SCRIPT: "theme/js/preview.js",
    STYLE_OF_PREVIEW: "theme/css/preview.css",
    # Takes the place of the published site's, in a browser that has seen it on the same port.
    "/sw.js": "theme/js/preview-service-worker.js",
}
# Nothing of a preview is to be kept: it may be something else the next second.
_NO_STORE = {"Cache-Control": "no-store"}
_HTML = MEDIA_TYPES[".html"]
_INDEX = "index.html"
# Leads on, and is not remembered.
_MOVED = 307

# Where not even a page about what is wrong can be made: as plain as can be.
_PLAIN = Markup(
    '<!doctype html>\n<html lang="nb"><head><meta charset="utf-8"><title>Noe må rettes</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1"></head>'
    "<body><main><h1>Noe må rettes før siden kan vises</h1><pre>{text}</pre></main>{script}"
    "</body></html>\n"
)
_PLAIN_UNEXPECTED = "Noe uventet gikk galt. Hva det var, står i terminalen."


@dataclass(frozen=True)
class Answer:
    """What is sent for an address."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Script:
    """What the script of the preview is told: addresses, the version shown, and if that failed.

    `finds` counts what checks have found by now (`Project.finds`).
    """

    address: str = SCRIPT
    events: str = EVENTS
    version: str
    finds: int = 0
    is_failed: bool = False


@dataclass
class Answers:
    """The site as the browser asks for it. `tell` is told of each page that can't be made."""

    project: Project
    tell: Callable[[str, Failure], None]
    # The version, and what was told of it.
    _told: tuple[str, set[str]] = field(default=("", set()))

    def answer(self, asked: str, *, is_framed: bool = False) -> Answer:
        """What an address gives, which begins with `/`; `asked` is decoded, without a query.

        What stands in a frame has nothing of the preview's own: the page around it has that.
        """
        if asked in _OWN_FILES:
            data = (self.project.root / _OWN_FILES[asked]).read_bytes()
            return Answer(200, _headers(asked) | _NO_STORE, data)
        for files in (self.project.assets, self.project.images):
            if asked in files:
                return Answer(200, _headers(asked), files[asked])
        self.project.keep_day()
        # Before anything is made: should something be saved meanwhile, the page is an old version.
        version = self.project.version.name
        if self.project.failure is not None:
            return self._mistake(asked, self.project.failure, version)
        try:
            return self._of_site(asked, version, is_framed=is_framed)
        except Exception as error:  # told, and mended while the preview runs
            failure = failure_of(error, self.project.root)
            self._tell_once(asked, failure, version)
            return self._mistake(asked, failure, version)

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
                is_fixed = asked.startswith(project.made.runtime.url)
                headers = _headers(asked) | ({} if is_fixed else _NO_STORE)
                return Answer(200, headers, file.read_bytes())
        missing = project.at("/nn/404.html" if _lang(asked) == "nn" else "/404.html")
        assert missing is not None
        return self._page(missing, version, is_framed=is_framed, status=404)

    def _canonical(self, asked: str) -> str | None:
        """The address of a page that was asked for in another way, as servers let one do."""
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
        script = Script(version=version, finds=self.project.finds)
        made = self.project.page(planned)
        html = made.html
        if not is_framed:
            html = self._with_bar(html, made.bar, planned.lang, script)
        # What is missing has no policy of its own, as on other servers.
        return Answer(status, _headers(planned.url, _HTML) | _NO_STORE, html.encode())

    def _with_bar(self, html: str, bar: Bar, lang: Lang, script: Script) -> str:
        part = self.project.component("preview", lang)
        before, head, after = html.partition("</head>")
        body, end, rest = after.rpartition("</body>")
        added = f"{part.preview_bar(bar)}\n{part.preview_script(script)}\n"
        return "".join(
            (before, part.preview_style(STYLE_OF_PREVIEW), "\n", head, body, added, end, rest)
        )

    # --- What is wrong ---

    def _mistake(self, asked: str, failure: Failure, version: str) -> Answer:
        script = Script(version=version, is_failed=True)
        try:
            html = self.project.render(
                "forhandsvisning",
                _lang(asked),
                csp=content_security_policy(asked, in_page=True),
                style=self.project.made.assets.url(STYLE),
                style_of_preview=STYLE_OF_PREVIEW,
                mistakes=mistakes(failure, self.project.root),
                script=script,
            )
        except Exception:  # what makes the page may be what is wrong
            html = _PLAIN.format(
                text=_PLAIN_UNEXPECTED if failure.trace else str(failure),
                script=Markup(
                    '<script type="module" src="{0.address}" data-preview data-failed'
                    ' data-version="{0.version}" data-finds="{0.finds}"'
                    ' data-events="{0.events}"></script>'
                ).format(script),
            )
        return Answer(500, _headers(asked, _HTML) | _NO_STORE, html.encode())

    def _tell_once(self, asked: str, failure: Failure, version: str) -> None:
        if self._told[0] != version:
            self._told = version, set()
        if str(failure) not in self._told[1]:
            self._told[1].add(str(failure))
            self.tell(asked, failure)


def _lang(asked: str) -> Lang:
    return "nn" if asked.startswith("/nn/") else "nb"


def _headers(asked: str, media_type: str = "") -> dict[str, str]:
    known = MEDIA_TYPES.get(PurePosixPath(asked).suffix, "application/octet-stream")
    return headers_of(asked) | {"Content-Type": media_type or known}
