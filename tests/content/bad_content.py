"""Content of every kind that must not be published, and the report that its editor gets.

`HARMFUL` runs over the kinds of harm; the many ways in which a figure or a key can be wrong are in
`test_mistakes.py`.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from builder.content.images import MOST_BYTES as MOST_IMAGE
from builder.content.images import MOST_PIXELS
from builder.content.markdown_file import MOST_BYTES as MOST_TEXT
from tests import files
from tests.content.sample import PAGE, PAGE_FILE, RULES, RULES_FILE, SCHEME, SCHEME_FILE, SLUG

# Stands in a file beside the content folder. Nobody may ever be shown it.
CANARY = "HEMMELIG-KANARIFUGL-4711"
CANARY_FILE = "hemmelig.txt"
# The name of the planted function: it shows up where planted code has run.
PLANTED = "plantet-merke"

type Plant = Callable[[Path], None]


@dataclass(frozen=True, kw_only=True)
class Bad:
    """`plant` makes the content bad; then there is this one problem, exactly so, and no other."""

    plant: Plant
    file: str
    message: str
    line: int = 0
    key: str = ""
    found: str = ""
    expected: str


# The line of the text that `text` plants: after the header, a heading and a paragraph.
LINE = PAGE.count("\n") + 2
LINK = "en adresse som begynner med https://, mailto:, tel:, / eller #"
TAGS = (
    "Markdown, eller en av taggene abbr, br, caption, dd, details, dl, dt, figcaption, figure, "
    "kbd, span, sub, summary, sup; skal det vises som det står, skriv &lt; i stedet for <"
)
IMAGE = "![hva bildet viser](bilder/navn.png)"
ENDINGS = ".png eller .jpg eller .jpeg eller .webp"
NAME = "små bokstaver a–z, tall og bindestrek"
PAGE_NAME = "små bokstaver a–z, tall og bindestrek, og .md eller .nn.md til slutt"
SYMLINK = "Lenker til filer og mapper er ikke tillatt i innholdet."
COPY = "selve filen eller mappen, kopiert hit"
INVISIBLE = "Filen har et tegn som ikke kan vises."
MISPLACED = "Filen hører ikke til her, og blir ikke brukt."
NOT_IMAGE = "Filen er ikke et helt bilde av det slaget som navnet sier."


def write(name: str, what: str | bytes) -> Plant:
    return lambda content: files.write(content, name, what) and None


def replace(name: str, old: str, new: str) -> Plant:
    return lambda content: files.change(content / name, old, new) and None


def rename(old: str, new: str) -> Plant:
    return lambda content: (content / old).rename(content / new) and None


def link(name: str, target: str) -> Plant:
    """A symbolic link in a file's place; `target` is relative to the content folder."""

    def plant(content: Path) -> None:
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.symlink_to(os.path.relpath(content / target, path.parent))

    return plant


def pipe(name: str) -> Plant:
    def plant(content: Path) -> None:
        (content / name).unlink(missing_ok=True)
        os.mkfifo(content / name)

    return plant


def folder(name: str) -> Plant:
    def plant(content: Path) -> None:
        (content / name).unlink(missing_ok=True)
        (content / name).mkdir(parents=True)

    return plant


def picture(name: str, kind: str, size: tuple[int, int] = (20, 10), **how: object) -> Plant:
    def plant(content: Path) -> None:
        path = content / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", size, "teal").save(path, kind, **how)

    return plant


def both(*plants: Plant) -> Plant:
    def plant(content: Path) -> None:
        for one in plants:
            one(content)

    return plant


def text(written: str, line: int, message: str, found: str, expected: str) -> Bad:
    """A mistake in lines added to a page, on the line `line` of them, counted from 0."""
    return Bad(
        plant=write(PAGE_FILE, f"{PAGE}\n{written}\n"), file=PAGE_FILE, line=LINE + line,
        message=message, found=found, expected=expected,
    )  # fmt: skip


def tag(written: str, name: str, found: str) -> Bad:
    return text(written, 0, f"«<{name}>» er ikke tillatt.", found, TAGS)


def address(written: str, found: str) -> Bad:
    return text(written, 0, "Lenken har en adresse som ikke er tillatt.", found, LINK)


def image(written: str, found: str) -> Bad:
    message = "Bildet ligger ikke i mappen bilder/ ved siden av teksten."
    return text(f"![Et bilde]({written})", 0, message, found, IMAGE)


def character(written: str, found: str) -> Bad:
    return text(f"Her {written} er det.", 0, INVISIBLE, f"tegnet U+{found}", "vanlig tekst")


def header(new: str, line: int, message: str, found: str, expected: str, key: str = "") -> Bad:
    return Bad(
        plant=write(PAGE_FILE, PAGE.replace("Description:", f"{new}\nDescription:")),
        file=PAGE_FILE, line=line, key=key, message=message, found=found, expected=expected,
    )  # fmt: skip


def named(plant: Plant, file: str, message: str, found: str, expected: str) -> Bad:
    return Bad(plant=plant, file=file, message=message, found=found, expected=expected)


def shown(name: str, plant: Plant, message: str, found: str, expected: str) -> Bad:
    """An image that can't be used, though a text shows it."""
    show = write(PAGE_FILE, f"{PAGE}\n![Et bilde](bilder/{name})\n")
    return named(both(plant, show), f"{SLUG}/bilder/{name}", message, found, expected)


HEADER = "Linjen hører ikke til i toppen av siden."
HEADER_WANTS = "«Title: …», «Description: …», og så en tom linje"
KART = f"{SLUG}/bilder/kart.png"

HARMFUL: dict[str, Bad] = {
    # What runs
    "a script": tag(f"<script>{PLANTED}()</script>", "script", "<script>"),
    "a script in the middle of a text": tag(f"Se <SCRIPT SRC=/{PLANTED}.js></SCRIPT> her.",
        "script", f"<SCRIPT SRC=/{PLANTED}.js>"),
    "a script that code came before": text(
        f"`<script>` er kode.\n\n```\n<script>\n```\n\n<script>{PLANTED}()</script>", 6,
        "«<script>» er ikke tillatt.", "<script>", TAGS),
    "a handler": text(f'<abbr title="x" onclick="{PLANTED}()">x</abbr>', 0,
        "Attributtet «onclick» er ikke tillatt.", f'onclick="{PLANTED}()"',
        "taggen uten dette attributtet"),
    "a handler on a line of its own": text(
        f"Tekst\n<span\nonmouseover='{PLANTED}()'>x</span>", 1,
        "Attributtet «onmouseover» er ikke tillatt.", f'onmouseover="{PLANTED}()"',
        "taggen uten dette attributtet"),
    "a drawing that runs": tag(f"<svg onload={PLANTED}()></svg>", "svg",
        f"<svg onload={PLANTED}()>"),
    "mathematics": tag("<math></math>", "math", "<math>"),
    "a frame": tag(f"<iframe src=/{PLANTED}/></iframe>", "iframe", f"<iframe src=/{PLANTED}/>"),
    "an object": tag("<object></object>", "object", "<object>"),
    "an embedded file": tag("<embed>", "embed", "<embed>"),
    "a form": tag("<form></form>", "form", "<form>"),
    "a field": tag("<input>", "input", "<input>"),
    "a button": tag("<button></button>", "button", "<button>"),
    "a style sheet": tag("<style>body{display:none}</style>", "style", "<style>"),
    "a link of the head": tag('<link rel="stylesheet">', "link", '<link rel="stylesheet">'),
    "a page that leads on": tag('<meta http-equiv="refresh" content="0">', "meta",
        '<meta http-equiv="refresh" content="0">'),
    "another base": tag('<base target="x">', "base", '<base target="x">'),
    "a template": tag("<template></template>", "template", "<template>"),
    "a video": tag("<video></video>", "video", "<video>"),
    "another server's code": tag("<?php system('id') ?>", "?php", "<?php system('id') ?>"),
    "another kind of document": tag("<!DOCTYPE html>", "!DOCTYPE html", "<!DOCTYPE html>"),
    "HTML that is read in two ways": tag(
        f'<noscript><b title="</noscript><img src=x onerror={PLANTED}()>"></noscript>',
        "noscript", "<noscript>"),
    "a placeholder that looks like a tag": tag("Hei, <kommunenavn>!", "kommunenavn",
        "<kommunenavn>"),
    "a cell without a table": text("<td>x</td>", 0, "«<td>» står et sted der den ikke kan stå.",
        "<td>", "hele elementer, og deler av en tabell inni en tabell"),
    # Addresses
    "an address that runs": address(f"[x](javascript:{PLANTED}())", f"javascript:{PLANTED}()"),
    "an address that runs, as entities": address(f"[x](java&#115;cript&colon;{PLANTED}())",
        f"javascript:{PLANTED}()"),
    "an address that runs, with a tabulator": address(f"[x](java\tscript:{PLANTED}())",
        f"java script:{PLANTED}()"),
    "an address that runs, with a control character": address(
        f'<a href="&#1;javascript:{PLANTED}()">x</a>', f"javascript:{PLANTED}()"),
    "an address that runs, given below": text(f"[x][1]\n\n[1]: JavaScript:{PLANTED}()", 2,
        "Lenken har en adresse som ikke er tillatt.", f"JavaScript:{PLANTED}()", LINK),
    "an address with its file inside": address("[x](data:text/html,x)", "data:text/html,x"),
    "a file of this machine": address("[x](file:///etc/passwd)", "file:///etc/passwd"),
    "an address of another kind": address("<ftp://example.org/>", "ftp://example.org/"),
    "an address without its beginning": address("[x](//example.org/)", "//example.org/"),
    "an address with its slashes turned": address(r"[x](/\\example.org/)", r"/\example.org/"),
    "an address that is no address": address("[x](http://[::1)", "http://[::1"),
    "a file by its place": text(f"[x]({{filename}}../../{CANARY_FILE})", 0,
        "«{filename}» virker ikke i lenker her.", f"{{filename}}../../{CANARY_FILE}",
        "adressen på nettstedet, for eksempel /frister/"),
    "a file by its place, the old way": text(f"[x](|static|../../{CANARY_FILE})", 0,
        "«|static|» virker ikke i lenker her.", f"|static|../../{CANARY_FILE}",
        "adressen på nettstedet, for eksempel /frister/"),
    "a file that Pelican would include": text("[x]({include}/etc/passwd)", 0,
        "«{include}» virker ikke i lenker her.", "{include}/etc/passwd",
        "adressen på nettstedet, for eksempel /frister/"),
    # Images that a text shows
    "an image of another site": image("https://example.org/x.png", "https://example.org/x.png"),
    "an image outside the folder": image("../../hemmelig.png", "../../hemmelig.png"),
    "an image outside the folder, by way of it": image("bilder/../../hemmelig.png",
        "bilder/../../hemmelig.png"),
    "an image outside the folder, as Pelican has it": image("{static}/hemmelig.png",
        "{static}/hemmelig.png"),
    "an image of the machine": image("/etc/hemmelig.png", "/etc/hemmelig.png"),
    "an image inside its address": image("data:image/png;base64,AAAA",
        "data:image/png;base64,AAAA"),
    "an image that is not there": text("![Et bilde](bilder/kart.png)", 0, "Bildet finnes ikke.",
        "bilder/kart.png", "en fil i mappen bilder/ ved siden av teksten"),
    "an image that is misspelt": Bad(
        plant=both(picture(KART, "PNG"),
            write(PAGE_FILE, f"{PAGE}\n![K](bilder/kart.png) ![K](bilder/kart1.png)\n")),
        file=PAGE_FILE, line=LINE, message="Bildet finnes ikke.", found="bilder/kart1.png",
        expected="Mente du «bilder/kart.png»?"),
    "a drawing that is a document": text("![Et bilde](bilder/kart.svg)", 0,
        "Bilder av dette slaget kan ikke brukes.", "bilder/kart.svg",
        f"et bilde lagret som {ENDINGS}"),
    # Image files
    "an image that is a script": shown("kart.png", write(KART, f"<script>{PLANTED}()</script>"),
        NOT_IMAGE, "en annen slags fil", "et bilde lagret som .png"),
    "an image of another kind": shown("kart.png", picture(KART, "JPEG"), NOT_IMAGE,
        "en JPEG-fil", "et bilde lagret som .png"),
    "half an image": shown("kart.png",
        both(picture(KART, "PNG"), lambda c: os.truncate(c / KART, 60)), NOT_IMAGE,
        "en PNG-fil", "et bilde lagret som .png"),
    "an image with nothing in it": shown("kart.png", write(KART, b""), NOT_IMAGE, "en tom fil",
        "et bilde lagret som .png"),
    "an image too heavy": shown("kart.png",
        both(picture(KART, "PNG"), lambda c: os.truncate(c / KART, MOST_IMAGE + 1)),
        "Filen er for stor.", f"{MOST_IMAGE + 1} byte", f"høyst {MOST_IMAGE} byte"),
    "an image too wide": shown("kart.png", picture(KART, "PNG", (MOST_PIXELS + 1, 1)),
        "Bildet er for stort.", f"{MOST_PIXELS + 1} × 1 piksler",
        f"høyst {MOST_PIXELS} piksler bredt og høyt"),
    "an image that moves": shown("kart.png",
        picture(KART, "PNG", save_all=True, append_images=[Image.new("RGB", (20, 10))]),
        "Bildet beveger seg.", "kart.png", "et bilde som står stille"),
    "a drawing among the images": named(
        write(f"{SLUG}/bilder/kart.svg", f"<svg onload='{PLANTED}()'/>"),
        f"{SLUG}/bilder/kart.svg", "Filen er ikke et bilde som kan brukes.", "kart.svg",
        f"lagret på nytt som {ENDINGS}"),
    "an image with an ending in capitals": named(picture(f"{SLUG}/bilder/kart.PNG", "PNG"),
        f"{SLUG}/bilder/kart.PNG", "Filen er ikke et bilde som kan brukes.", "kart.PNG",
        f"lagret på nytt som {ENDINGS}"),
    "an image with a space in its name": named(picture(f"{SLUG}/bilder/mitt kart.png", "PNG"),
        f"{SLUG}/bilder/mitt kart.png", "Filnavnet kan ikke brukes som adresse.",
        "mitt kart.png", NAME),
    "an image named as macOS writes æøå": named(picture(f"{SLUG}/bilder/a\u030aret.png", "PNG"),
        f"{SLUG}/bilder/a\u030aret.png", "Filnavnet kan ikke brukes som adresse.",
        "a\u030aret.png", NAME),
    # Characters and encodings
    "a text that turns its direction": character("\u202e", "202E"),
    "a text that turns its direction inside": character("\u2066", "2066"),
    "a space without width": character("\u200b", "200B"),
    "a byte order mark inside": character("\ufeff", "FEFF"),
    "a control character": character("\x1b", "001B"),
    "a NUL": character("\x00", "0000"),
    "another line end": character("\u2028", "2028"),
    "a code that is no character": character("\ufdd0", "FDD0"),
    "a text in UTF-16": Bad(
        plant=write(PAGE_FILE, b"\xff\xfe" + PAGE.encode("utf-16-le")), file=PAGE_FILE, line=1,
        message="Filen er ikke lagret som UTF-8.", found="byten 0xFF",
        expected="tegnsettet UTF-8"),
    "a text in UTF-16 without a mark": Bad(
        plant=write(PAGE_FILE, PAGE.replace("ø", "o").encode("utf-16-le")), file=PAGE_FILE, line=1,
        message=INVISIBLE, found="tegnet U+0000", expected="vanlig tekst"),
    "a text in Latin-1": Bad(
        plant=write(PAGE_FILE, PAGE.encode("iso-8859-1")), file=PAGE_FILE, line=6,
        message="Filen er ikke lagret som UTF-8.", found="byten 0xF8",
        expected="tegnsettet UTF-8"),
    "a name in YAML that turns its direction": Bad(
        plant=replace(SCHEME_FILE, "{nb: Prøver}", "{nb: Pr\u202eøver}"), file=SCHEME_FILE,
        line=2, message=INVISIBLE, found="tegnet U+202E", expected="vanlig tekst"),
    "a name in YAML that turns its direction, as an escape": Bad(
        plant=replace(SCHEME_FILE, "{nb: Prøver}", r'{nb: "Pr\u202eøver"}'), file=SCHEME_FILE,
        line=2, key="short_name.nb", message="Teksten har et tegn som ikke kan vises.",
        found="tegnet U+202E", expected="vanlig tekst"),
    # Too much
    "a text too long": named(write(PAGE_FILE, PAGE + "x\n" * (MOST_TEXT // 2)), PAGE_FILE,
        "Teksten er for lang for én side.", f"{len(PAGE.encode()) + MOST_TEXT} byte",
        f"høyst {MOST_TEXT} byte"),
    "a line too long": text("x" * 5001, 0, "Linjen er for lang.", "5001 tegn", "høyst 5000 tegn"),
    "brackets without end": text("[" * 31, 0,
        "Avsnittet har for mange parenteser og klammer som ikke er lukket.", "[" * 31,
        "høyst 30 åpne på en gang"),
    "tags without end": text("\n\n".join(["<a " * 25] * 9), 16,
        "Teksten har for mange < som ikke er lukket med >.", ("<a " * 25).strip(),
        "høyst 200; skriv &lt; for <"),
    "headings without end": text("# a\n" * 300, 299, "Teksten har for mange overskrifter.", "",
        "høyst 300"),
    "lists in lists without end": named(write(PAGE_FILE, f"{PAGE}\n{'- ' * 2000}a\n"), PAGE_FILE,
        "Teksten har for mange lister eller sitater inni hverandre.", "", "færre"),
    "YAML too large": named(
        write(SCHEME_FILE, SCHEME + "# mer\n" * 200_000), SCHEME_FILE, "Filen er for stor.",
        f"{len(SCHEME.encode()) + 1_200_000} byte", "høyst 1000000 byte"),
    # The top of a text
    "a header that decides the address": header("Save_as: ../../x.html", 2, HEADER,
        "Save_as: ../../x.html", HEADER_WANTS),
    "a header that decides the template": header("Template: ../../x", 2, HEADER,
        "Template: ../../x", HEADER_WANTS),
    "a header on several lines": header("    mer tittel", 2, HEADER, "mer tittel", HEADER_WANTS),
    "a header of YAML": Bad(
        plant=write(PAGE_FILE, f"---\n{PAGE}"), file=PAGE_FILE, line=1, message=HEADER,
        found="---", expected=HEADER_WANTS),
    # Links, pipes, folders: where a file belongs
    "a text that is a link out": named(link(PAGE_FILE, f"../{CANARY_FILE}"), PAGE_FILE, SYMLINK,
        "en lenke (symlink)", COPY),
    "rules that are a link out": named(link(RULES_FILE, f"../{CANARY_FILE}"), RULES_FILE, SYMLINK,
        "en lenke (symlink)", COPY),
    "facts that are a link out": named(link(SCHEME_FILE, f"../{CANARY_FILE}"), SCHEME_FILE,
        SYMLINK, "en lenke (symlink)", COPY),
    "an image that is a link out": named(link(KART, f"../{CANARY_FILE}"), KART, SYMLINK,
        "en lenke (symlink)", COPY),
    "a folder that is a link out": named(link("ny-ordning", ".."), "ny-ordning", SYMLINK,
        "en lenke (symlink)", COPY),
    "a link that stays inside": named(link(f"{SLUG}/om.nn.md", PAGE_FILE), f"{SLUG}/om.nn.md",
        SYMLINK, "en lenke (symlink)", COPY),
    "a link that leads nowhere": named(link(f"{SLUG}/om.nn.md", "borte.md"), f"{SLUG}/om.nn.md",
        SYMLINK, "en lenke (symlink)", COPY),
    "a link to a device without end": named(link(PAGE_FILE, "/dev/zero"), PAGE_FILE, SYMLINK,
        "en lenke (symlink)", COPY),
    "a text that is a pipe": named(pipe(PAGE_FILE), PAGE_FILE, "Dette er ikke en vanlig fil.",
        "om.md", "en fil med tekst eller et bilde"),
    "rules that are a pipe": named(pipe(RULES_FILE), RULES_FILE, "Dette er ikke en vanlig fil.",
        "2030.yaml", "en fil med tekst eller et bilde"),
    "a text that is a folder": named(folder(f"{SLUG}/om.nn.md"), f"{SLUG}/om.nn.md",
        "Filen kan ikke leses: Den er en mappe.", "", "en vanlig fil"),
    "rules that are a folder": named(folder(f"{SLUG}/rules/2029.yaml"),
        f"{SLUG}/rules/2029.yaml", "Filen kan ikke leses: Den er en mappe.", "",
        "en vanlig fil"),
    # Names
    "a text with a space in its name": named(write(f"{SLUG}/om oss.md", PAGE),
        f"{SLUG}/om oss.md", "Filnavnet kan ikke brukes som adresse.", "om oss.md", PAGE_NAME),
    "a text with a capital, as another has without": named(write("pages/Om.md", PAGE),
        "pages/Om.md", "Filnavnet kan ikke brukes som adresse.", "Om.md", PAGE_NAME),
    "a text named as macOS writes æøå": named(write("pages/ga\u030a.md", PAGE),
        "pages/ga\u030a.md", "Filnavnet kan ikke brukes som adresse.", "ga\u030a.md", PAGE_NAME),
    "a text that Windows takes for a device": named(write("pages/con.md", PAGE), "pages/con.md",
        "Filnavnet kan ikke brukes som adresse.", "con.md",
        "et navn som ikke er Windows sitt, og .md eller .nn.md til slutt"),
    "a scheme that Windows takes for a device": named(rename(SLUG, "com1"), "com1",
        "Mappenavnet kan ikke brukes som adresse.", "com1", "et navn som ikke er Windows sitt"),
    "a name too long": named(write(f"pages/{'a' * 61}.md", PAGE), f"pages/{'a' * 61}.md",
        "Filnavnet kan ikke brukes som adresse.", f"{'a' * 61}.md",
        "høyst 60 tegn, og .md eller .nn.md til slutt"),
    "a name of codes": named(write("pages/\x1b[2J.md", PAGE), "pages/\x1b[2J.md",
        "Filnavnet kan ikke brukes som adresse.", "\x1b[2J.md", PAGE_NAME),
    "a text with another ending": named(write(f"{SLUG}/om.MD", PAGE), f"{SLUG}/om.MD",
        MISPLACED, "om.MD", "scheme.yaml, Markdown-filer (.md), og mappene rules og bilder"),
    "rules with another ending": named(write(f"{SLUG}/rules/2031.yml", RULES),
        f"{SLUG}/rules/2031.yml", MISPLACED, "2031.yml",
        "filer med årstall som navn, for eksempel 2025.yaml"),
    "rules beside their folder": named(write(f"{SLUG}/2031.yaml", RULES), f"{SLUG}/2031.yaml",
        MISPLACED, "2031.yaml", "scheme.yaml, Markdown-filer (.md), og mappene rules og bilder"),
    "a text outside all folders": named(write("om.md", PAGE), "om.md", MISPLACED, "om.md",
        "en mappe for ordningen, eller pages/"),
    # YAML
    "an address in YAML that runs": Bad(
        plant=replace(SCHEME_FILE, "https://example.org/skjema", f'"javascript:{PLANTED}()"'),
        file=SCHEME_FILE, line=25, key="links[1].url", message="Dette er ikke en nettadresse.",
        found=f"javascript:{PLANTED}()", expected="en adresse som begynner med https://"),
    "an object of Python": Bad(
        plant=replace(SCHEME_FILE, "state: active",
            f"state: !!python/object/apply:os.system [{PLANTED}]"),
        file=SCHEME_FILE, line=4, key="state",
        message="Verdien er ikke en av dem som kan brukes.", found="en liste",
        expected="en av: active, closed, archived"),
    "a file that YAML would include": Bad(
        plant=replace(SCHEME_FILE, "state: active", f"state: !include ../../{CANARY_FILE}"),
        file=SCHEME_FILE, line=4, key="state",
        message="Verdien er ikke en av dem som kan brukes.", found=f"«../../{CANARY_FILE}»",
        expected="en av: active, closed, archived"),
}  # fmt: skip
