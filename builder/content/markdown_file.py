"""Reports mistakes in a Markdown text: forbidden HTML and addresses, unknown images, too much text.

The reports are for editors and do not protect readers: `builder.content.prose` removes everything
that is not allowed from the HTML, reported or not.
"""

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

from builder.content import prose
from builder.content.files import IMAGES
from builder.content.images import ENDINGS, Image
from builder.content.problems import Problem
from builder.content.validate import suggestion
from builder.content.yaml_file import short

# The limits are many times the needs of any page. Without them, some texts would take hours: the
# time of Markdown grows with the square of the length of a paragraph.
MOST_BYTES = 50_000
_LONGEST_LINE = 5_000
_MOST_OPEN = 30
_MOST_OPEN_TAGS = 200
_MOST_HEADINGS = 300

# Elements that only style a text or name a part of a page. Their text stays when they are taken
# out, so they are reported as a warning; any other element that is not allowed is an error.
_HARMLESS = {
    *("address", "article", "aside", "b", "bdi", "bdo", "big", "center", "cite", "col", "colgroup"),
    *("data", "del", "dfn", "font", "footer", "header", "hgroup", "i", "ins", "main", "mark"),
    *("nav", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "strike", "tfoot"),
    *("time", "tt", "u", "var", "wbr"),
}
# Attributes that let a browser fetch or send something, or run a script.
_ACTIVE = {
    *("action", "archive", "background", "cite", "classid", "code", "codebase", "data", "dynsrc"),
    *("formaction", "href", "longdesc", "lowsrc", "manifest", "ping", "poster", "profile", "src"),
    *("srcdoc", "srcset", "usemap", "xlink:href", "xmlns"),
}
# Elements that browsers and `prose.clean` add by themselves.
_IMPLIED = {"p", "tbody"}
# Elements without an end tag, or closed by the next one of their kind.
_WITHOUT_END = {
    *("br", "caption", "dd", "dt", "hr", "img", "li", "p", "tbody", "td", "th", "thead", "tr"),
}

# Before Markdown reads a text, the line number of each tag and address is written into the text
# beside it (a trace), between two characters that `yaml_file.read_text` refuses in any file.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TRACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
# The beginning of an HTML tag, but not of an address between < and >.
_TAG = r"<[A-Za-z][^\s/>:@<]*(?=[\s/>])"
_TRACED = re.compile(
    # A tag; or the beginning of the address of a link or image, in place or in a definition below.
    rf"(?P<tag>{_TAG})|(?:\]\([ \t]*+|^ {{0,3}}\[[^\]\n]+\]:\s*+)(?!{_TAG})<?",
    re.MULTILINE,
)
_OWN_TAGS = ", ".join(sorted(prose.OWN_TAGS))
_WANTS_MARKDOWN = f"Markdown, eller en av taggene {_OWN_TAGS}"
_PELICAN = re.compile(r"[{|](\w+)[}|]")


@dataclass(frozen=True, slots=True)
class MarkdownText:
    """A text as read: its HTML for `prose.html`, its problems, the addresses of its images.

    A warning reports HTML that is left out without harm. A text with a mistake may have no HTML;
    then all images of its folder count as shown.
    """

    html: str
    problems: list[Problem]
    images: set[str]


def read_markdown(text: str, shown: Path, images: Mapping[str, Image | None]) -> MarkdownText:
    """Convert a text to HTML, and check it.

    `shown` is its file as messages name it. `images` are all images of its folder, by address as
    editors write it.
    """
    if problem := _too_large(text, shown):
        return MarkdownText("", [problem], set(images))
    try:
        converted = prose.convert(text)
        plain_images = _images_of_plain(text, converted)
        if plain_images is not None and plain_images <= images.keys():
            return MarkdownText(converted, [], plain_images)
        checker = _checked(text, shown)
    except RecursionError:
        message, expected = "Teksten har for mange lister eller sitater inni hverandre.", "færre"
        return MarkdownText("", [Problem(shown, 0, "", message, "", expected)], set(images))
    problems = checker.problems
    used = set()
    for line, address in checker.images:
        if address in images:
            used.add(address)
        else:
            problems.append(_unknown_image(shown, line, address, images))
    return MarkdownText(converted, problems, used)


# A tag and an attribute as Markdown writes them. A text without < has no other tags.
_MARKDOWN_TAG = re.compile(r"<([a-z][a-z0-9]*)((?: [a-z]+=\"[^\"]*\")*) ?/?>")
_MARKDOWN_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")


def _images_of_plain(text: str, converted: str) -> set[str] | None:
    """The addresses of the images of a plain text: one without HTML and with nothing to report.

    None where the text may not be plain. Nearly all texts have no mistake, and this check is many
    times quicker than the check that finds mistakes and their lines.
    """
    if "<" in text:
        return None
    images = set()
    for tag, attributes in _MARKDOWN_TAG.findall(converted):
        if tag not in prose.TAGS:
            return None
        for name, escaped in _MARKDOWN_ATTRIBUTE.findall(attributes):
            value = unescape(escaped)
            if (tag, name) == ("img", "src"):
                images.add(value)
            elif not prose.is_allowed(tag, name, value):
                return None
    return images


def removed_html(text: str, shown: Path) -> list[Problem]:
    """Report everything that `prose.clean` takes out of a text.

    HTML that could do something in a browser is an error, other HTML a warning. The text must be
    within the limits of `read_markdown`.
    """
    return _checked(text, shown).problems


def _too_large(text: str, shown: Path) -> Problem | None:
    if len(text.encode()) > MOST_BYTES:
        found, expected = f"{len(text.encode())} byte", f"høyst {MOST_BYTES} byte"
        return Problem(shown, 0, "", "Teksten er for lang for én side.", found, expected)
    depth = tags = headings = 0
    for number, line in enumerate(text.splitlines(), start=1):
        if len(line) > _LONGEST_LINE:
            found, expected = f"{len(line)} tegn", f"høyst {_LONGEST_LINE} tegn"
            return Problem(shown, number, "", "Linjen er for lang.", found, expected)
        if not line.strip():
            depth = 0
        for char in re.findall(r"[\[(<>)\]]", line):
            depth = depth + 1 if char in "[(<" else max(0, depth - 1)
            if depth > _MOST_OPEN:
                message = "Avsnittet har for mange parenteser og klammer som ikke er lukket."
                found, expected = short(line.strip()), f"høyst {_MOST_OPEN} åpne på en gang"
                return Problem(shown, number, "", message, found, expected)
        tags = max(0, tags + line.count("<") - line.count(">"))
        if tags > _MOST_OPEN_TAGS:
            message = "Teksten har for mange < som ikke er lukket med >."
            found, expected = short(line.strip()), f"høyst {_MOST_OPEN_TAGS}; skriv &lt; for <"
            return Problem(shown, number, "", message, found, expected)
        headings += line.lstrip().startswith("#")
        if headings > _MOST_HEADINGS:
            expected = f"høyst {_MOST_HEADINGS}"
            return Problem(shown, number, "", "Teksten har for mange overskrifter.", "", expected)
    return None


def _checked(text: str, shown: Path) -> "_Checker":
    """A checker that has gone through a text, with all problems except unknown images."""

    def with_line(match: re.Match[str]) -> str:
        line = text.count("\n", 0, match.end()) + 1
        return f"{match[0]}{' ' if match['tag'] else ''}{_OPEN}{line}{_CLOSE}"

    converted = prose.convert(_TRACED.sub(with_line, text))
    checker, of_cleaned = _Checker(text, shown), _Checker("", shown)
    for one, html in ((checker, converted), (of_cleaned, prose.clean(converted))):
        one.feed(html)
        one.close()
    for tag in sorted((checker.open.keys() & prose.TAGS) - _WITHOUT_END):
        for line in checker.open[tag]:
            message = f"«<{tag}>» er ikke lukket, og blir lukket der teksten slutter."
            checker.report(line, message, f"<{tag}>", f"</{tag}> der det slutter", is_warning=True)
    for tag in sorted((checker.allowed - of_cleaned.allowed).keys() - _IMPLIED):
        message = f"«<{tag}>» står et sted der den ikke kan stå."
        expected = "hele elementer, og deler av en tabell inni en tabell"
        checker.report(checker.lines[tag], message, f"<{tag}>", expected)
    before, after = checker.letters, of_cleaned.letters
    if all(problem.is_warning for problem in checker.problems) and before != after:
        both = zip(f"{before} ", f"{after} ", strict=False)
        first = next((n for n, (a, b) in enumerate(both) if a != b), 0)
        message = "HTML-en kan leses på to måter, og noe av teksten kan bli borte."
        found = _untraced(before[first:] or after[first:])
        checker.report(0, message, found, "en > for hver <, og --> etter <!--")
    return checker


class _Checker(HTMLParser):
    """Goes through the HTML that Markdown has made of a text with traces, and reports mistakes."""

    def __init__(self, text: str, shown: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.text = text
        self.shown = shown
        self.problems: list[Problem] = []
        # Line and address of each image.
        self.images: list[tuple[int, str]] = []
        # The number of allowed elements by tag, and the line of the first one by tag.
        self.allowed: Counter[str] = Counter()
        self.lines: dict[str, int] = {}
        # The lines of elements that are not closed yet, by tag.
        self.open: dict[str, list[int]] = {}
        # The text outside the tags, without white space.
        self.letters = ""

    def handle_data(self, data: str) -> None:
        self.letters += "".join(data.split())

    def report(
        self, line: int, message: str, found: str, expected: str, *, is_warning: bool = False
    ) -> None:
        self.problems.append(
            Problem(self.shown, line, "", message, short(found), expected, is_warning)
        )

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        written = _untraced(self.get_starttag_text() or "")
        traces = [_TRACE.search(f"{name} {value}") for name, value in attrs]
        line = next((int(trace[1]) for trace in traces if trace), 0) or self._line_of(f"<{tag}")
        self.lines.setdefault(tag, line)
        self.open.setdefault(tag, []).append(line)
        if tag in prose.TAGS:
            self.allowed[tag] += 1
        else:
            self._report_tag(line, tag, written)
        for name, value in attrs:
            if not _TRACE.fullmatch(name):
                self._attribute(line, tag, name, _untraced(value or ""))
        if tag == "img":
            self.images.append((line, _untraced(dict(attrs).get("src") or "")))

    def handle_endtag(self, tag: str) -> None:
        if self.open.get(tag):
            self.open[tag].pop()
        elif tag not in _IMPLIED:
            message = f"«</{tag}>» lukker noe som ikke er åpnet, og blir fjernet."
            expected = f"<{tag}> før den"
            self.report(self._line_of(f"</{tag}"), message, f"</{tag}>", expected, is_warning=True)

    def handle_decl(self, decl: str) -> None:
        self._report_tag(self._line_of(f"<!{decl[:7]}"), f"!{decl}", f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._report_tag(self._line_of(f"<?{data[:3]}"), f"?{data.partition(' ')[0]}", f"<?{data}>")

    def parse_html_declaration(self, i: int) -> int:
        """Pass a declaration (`<!…`), and return the position after it.

        Browsers ignore one that begins with `<![`; `HTMLParser` alone would raise an error.
        """
        if not self.rawdata.startswith("<![", i):
            return super().parse_html_declaration(i)
        end = self.rawdata.find(">", i)
        end = len(self.rawdata) if end < 0 else end + 1
        self.handle_decl(self.rawdata[i + 2 : end].removesuffix(">"))
        return end

    def _attribute(self, line: int, tag: str, name: str, value: str) -> None:
        is_active = name.startswith("on") or name in _ACTIVE
        # The address of an image is looked up in its folder later.
        if (tag, name) == ("img", "src") or prose.is_allowed(tag, name, value):
            return
        found = f'{name}="{value}"'
        if name in prose.ADDRESSES and tag in prose.TAGS:
            self._report_address(line or self._line_of(value), value)
        elif is_active and tag in prose.TAGS | _HARMLESS:
            message = f"Attributtet «{name}» er ikke tillatt."
            self.report(line, message, found, "taggen uten dette attributtet")
        elif tag in prose.TAGS:
            message = f"Attributtet «{name}» er ikke tillatt her, og blir fjernet."
            self.report(line, message, found, "taggen uten dette attributtet", is_warning=True)

    def _report_tag(self, line: int, tag: str, written: str) -> None:
        if tag in _HARMLESS:
            message = f"«<{tag}>» er ikke tillatt, og blir fjernet. Teksten blir stående."
            self.report(line, message, written, _WANTS_MARKDOWN, is_warning=True)
        else:
            message = f"«<{short(tag)}>» er ikke tillatt."
            expected = f"{_WANTS_MARKDOWN}; skal det vises som det står, skriv &lt; i stedet for <"
            self.report(line, message, written, expected)

    def _report_address(self, line: int, address: str) -> None:
        if match := _PELICAN.match(address):
            message = f"«{match[0]}» virker ikke i lenker her."
            expected = "adressen på nettstedet, for eksempel /frister/"
        else:
            message = "Lenken har en adresse som ikke er tillatt."
            expected = "en adresse som begynner med https://, mailto:, tel:, / eller #"
        self.report(line, message, address, expected)

    def _line_of(self, written: str) -> int:
        at = self.text.casefold().find(written.casefold())
        return self.text.count("\n", 0, at) + 1 if at >= 0 else 0


def _untraced(text: str) -> str:
    return re.sub(f" ?{_TRACE.pattern}", "", text)


def _unknown_image(
    shown: Path, line: int, address: str, images: Mapping[str, Image | None]
) -> Problem:
    message, expected = "Bildet finnes ikke.", f"en fil i mappen {IMAGES}/ ved siden av teksten"
    if not address.startswith(f"{IMAGES}/") or "/" in address.removeprefix(f"{IMAGES}/"):
        message = f"Bildet ligger ikke i mappen {IMAGES}/ ved siden av teksten."
        expected = f"![hva bildet viser]({IMAGES}/navn.png)"
    elif not address.endswith(ENDINGS):
        message = "Bilder av dette slaget kan ikke brukes."
        expected = f"et bilde lagret som {' eller '.join(ENDINGS)}"
    elif images:
        expected = suggestion(address, list(images))
    return Problem(shown, line, "", message, short(address), expected)
