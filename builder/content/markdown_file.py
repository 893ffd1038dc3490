"""What an editor is told of a text: HTML that is not allowed, addresses, images, too much of it.

What is told here never reaches a page anyway: `builder.content.prose` cleans it away.
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

# Many times what any page has. Markdown takes time by the square of what stands in one place.
MOST_BYTES = 50_000
_LONGEST_LINE = 5_000
_MOST_OPEN = 30
_MOST_OPEN_TAGS = 200
_MOST_HEADINGS = 300

# Elements that only say how a text looks or what part of a page it is. Without them the text is
# still there, so they are a warning; all others are an error.
_HARMLESS = {
    *("address", "article", "aside", "b", "bdi", "bdo", "big", "center", "cite", "col", "colgroup"),
    *("data", "del", "dfn", "font", "footer", "header", "hgroup", "i", "ins", "main", "mark"),
    *("nav", "nobr", "q", "rp", "rt", "ruby", "s", "samp", "section", "small", "strike", "tfoot"),
    *("time", "tt", "u", "var", "wbr"),
}
# Attributes by which something is fetched or sent, or runs.
_ACTIVE = {
    *("action", "archive", "background", "cite", "classid", "code", "codebase", "data", "dynsrc"),
    *("formaction", "href", "longdesc", "lowsrc", "manifest", "ping", "poster", "profile", "src"),
    *("srcdoc", "srcset", "usemap", "xlink:href", "xmlns"),
}
# What browsers and `prose.clean` put in by themselves.
_IMPLIED = {"p", "tbody"}
# Elements that need no end, or are ended by the next of their kind.
_WITHOUT_END = {
    *("br", "caption", "dd", "dt", "hr", "img", "li", "p", "tbody", "td", "th", "thead", "tr"),
}

# Where a tag or an address of the text stands is written into it before Markdown reads it, between
# two of the characters that no text has (`yaml_file.read_text` refuses them).
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
_TRACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")
# The beginning of a tag of HTML, not of an address between < and >.
_TAG = r"<[A-Za-z][^\s/>:@<]*(?=[\s/>])"
_TRACED = re.compile(
    # A tag; or the beginning of the address of a link or image, beside it or given below.
    rf"(?P<tag>{_TAG})|(?:\]\([ \t]*+|^ {{0,3}}\[[^\]\n]+\]:\s*+)(?!{_TAG})<?",
    re.MULTILINE,
)
_OWN_TAGS = ", ".join(sorted(prose.OWN_TAGS))
_WANTS_MARKDOWN = f"Markdown, eller en av taggene {_OWN_TAGS}"
_PELICAN = re.compile(r"[{|](\w+)[}|]")


@dataclass(frozen=True, slots=True)
class Text:
    """A text as read: its HTML as `prose.html` takes it, what is wrong, the images it shows.

    A warning is of what is left out, and the text is right without it. With errors, there need not
    be any HTML, and it counts as showing all images.
    """

    html: str
    problems: list[Problem]
    shows: set[str]


def read_markdown(text: str, shown: Path, images: Mapping[str, Image | None]) -> Text:
    """Read a text. `images` are all that its folder has, by address as editors write it."""
    if problem := _too_much(text, shown):
        return Text("", [problem], set(images))
    try:
        made = prose.convert(text)
        if (found := _images_of_plain(text, made)) is not None and found <= images.keys():
            return Text(made, [], found)
        reader = _read(text, shown)
    except RecursionError:
        message, expected = "Teksten har for mange lister eller sitater inni hverandre.", "færre"
        return Text("", [Problem(shown, 0, "", message, "", expected)], set(images))
    problems = reader.problems
    used = set()
    for line, address in reader.images:
        if address in images:
            used.add(address)
        else:
            problems.append(_unknown_image(shown, line, address, images))
    return Text(made, problems, used)


# What only Markdown has written: without a < of the editor's, every tag is its own.
_MADE_TAG = re.compile(r"<([a-z][a-z0-9]*)((?: [a-z]+=\"[^\"]*\")*) ?/?>")
_MADE_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")


def _images_of_plain(text: str, made: str) -> set[str] | None:
    """The images of a text in which no HTML stands and nothing of what is made is to be told.

    None where that is not sure. Nearly all texts are plain, and it is many times quicker than to
    find out what is wrong and where.
    """
    if "<" in text:
        return None
    images = set()
    for tag, attributes in _MADE_TAG.findall(made):
        if tag not in prose.TAGS:
            return None
        for name, escaped in _MADE_ATTRIBUTE.findall(attributes):
            value = unescape(escaped)
            if (tag, name) == ("img", "src"):
                images.add(value)
            elif not prose.is_allowed(tag, name, value):
                return None
    return images


def removed_html(text: str, shown: Path) -> list[Problem]:
    """What `prose.clean` takes out of a text: an error where it could do something, else a warning.

    The text has been let through by `read_markdown`, or is as small.
    """
    return _read(text, shown).problems


def _too_much(text: str, shown: Path) -> Problem | None:
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


def _read(text: str, shown: Path) -> "_Reader":
    def with_line(found: re.Match[str]) -> str:
        line = text.count("\n", 0, found.end()) + 1
        return f"{found[0]}{' ' if found['tag'] else ''}{_OPEN}{line}{_CLOSE}"

    made = prose.convert(_TRACED.sub(with_line, text))
    reader, kept = _Reader(text, shown), _Reader("", shown)
    for one, html in ((reader, made), (kept, prose.clean(made))):
        one.feed(html)
        one.close()
    for tag in sorted((reader.open.keys() & prose.TAGS) - _WITHOUT_END):
        for line in reader.open[tag]:
            message = f"«<{tag}>» er ikke lukket, og blir lukket der teksten slutter."
            reader.tell(line, message, f"<{tag}>", f"</{tag}> der det slutter", is_warning=True)
    for tag in sorted((reader.allowed - kept.allowed).keys() - _IMPLIED):
        message = f"«<{tag}>» står et sted der den ikke kan stå."
        expected = "hele elementer, og deler av en tabell inni en tabell"
        reader.tell(reader.lines[tag], message, f"<{tag}>", expected)
    if all(problem.is_warning for problem in reader.problems) and reader.said != kept.said:
        both = zip(f"{reader.said} ", f"{kept.said} ", strict=False)
        first = next((n for n, (a, b) in enumerate(both) if a != b), 0)
        message = "HTML-en kan leses på to måter, og noe av teksten kan bli borte."
        found = _untraced(reader.said[first:] or kept.said[first:])
        reader.tell(0, message, found, "en > for hver <, og --> etter <!--")
    return reader


class _Reader(HTMLParser):
    """Goes through the HTML that Markdown has made of a text with traces."""

    def __init__(self, text: str, shown: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.text = text
        self.shown = shown
        self.problems: list[Problem] = []
        # The lines and addresses of all images.
        self.images: list[tuple[int, str]] = []
        # How many there are of each element that is allowed, and the line of the first.
        self.allowed: Counter[str] = Counter()
        self.lines: dict[str, int] = {}
        # The lines of those that are not closed.
        self.open: dict[str, list[int]] = {}
        self.said = ""

    def handle_data(self, data: str) -> None:
        self.said += "".join(data.split())

    def tell(
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
            self._tell_of_tag(line, tag, written)
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
            self.tell(self._line_of(f"</{tag}"), message, f"</{tag}>", expected, is_warning=True)

    def handle_decl(self, decl: str) -> None:
        self._tell_of_tag(self._line_of(f"<!{decl[:7]}"), f"!{decl}", f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self._tell_of_tag(
            self._line_of(f"<?{data[:3]}"), f"?{data.partition(' ')[0]}", f"<?{data}>"
        )

    def parse_html_declaration(self, i: int) -> int:
        """Go past `<!…`. Browsers leave out one in brackets; the parser below would refuse it."""
        if not self.rawdata.startswith("<![", i):
            return super().parse_html_declaration(i)
        end = self.rawdata.find(">", i)
        end = len(self.rawdata) if end < 0 else end + 1
        self.handle_decl(self.rawdata[i + 2 : end].removesuffix(">"))
        return end

    def _attribute(self, line: int, tag: str, name: str, value: str) -> None:
        is_active = name.startswith("on") or name in _ACTIVE
        # Images are looked up, not judged by their address.
        if (tag, name) == ("img", "src") or prose.is_allowed(tag, name, value):
            return
        found = f'{name}="{value}"'
        if name in prose.ADDRESSES and tag in prose.TAGS:
            self._tell_of_address(line or self._line_of(value), value)
        elif is_active and tag in prose.TAGS | _HARMLESS:
            message = f"Attributtet «{name}» er ikke tillatt."
            self.tell(line, message, found, "taggen uten dette attributtet")
        elif tag in prose.TAGS:
            message = f"Attributtet «{name}» er ikke tillatt her, og blir fjernet."
            self.tell(line, message, found, "taggen uten dette attributtet", is_warning=True)

    def _tell_of_tag(self, line: int, tag: str, written: str) -> None:
        if tag in _HARMLESS:
            message = f"«<{tag}>» er ikke tillatt, og blir fjernet. Teksten blir stående."
            self.tell(line, message, written, _WANTS_MARKDOWN, is_warning=True)
        else:
            message = f"«<{short(tag)}>» er ikke tillatt."
            expected = f"{_WANTS_MARKDOWN}; skal det vises som det står, skriv &lt; i stedet for <"
            self.tell(line, message, written, expected)

    def _tell_of_address(self, line: int, address: str) -> None:
        if found := _PELICAN.match(address):
            message = f"«{found[0]}» virker ikke i lenker her."
            expected = "adressen på nettstedet, for eksempel /frister/"
        else:
            message = "Lenken har en adresse som ikke er tillatt."
            expected = "en adresse som begynner med https://, mailto:, tel:, / eller #"
        self.tell(line, message, address, expected)

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
