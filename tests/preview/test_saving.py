"""Saved files are shown, however they are saved; open pages request no more than they show."""

import filecmp
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image

from builder.site import check
from tests.conftest import build_site
from tests.preview.conftest import Editor, Started, eventually

OM = "content/tryggest/om.md"
SCHEME = "content/tryggest/scheme.yaml"


def test_a_saved_text_is_shown(preview: Started, editor: Editor) -> None:
    editor.append(OM, "\nEt helt nytt avsnitt.\n")
    preview.shows("/tryggest/", "<p>Et helt nytt avsnitt.</p>")
    preview.says(OM)


def test_a_saved_figure_is_shown(preview: Started, editor: Editor) -> None:
    editor.replace("content/tryggest/rules/2025.yaml", "400000", "410000")
    # An example has the old figure; it is a test of the rules.
    answer = preview.shows("/tryggest/", "Eksempelet stemmer ikke", 500)
    assert "rules/2025.yaml" in answer.text
    editor.save(
        "content/tryggest/rules/2025.yaml",
        editor.read("content/tryggest/rules/2025.yaml").replace("400000", "410000"),
    )
    preview.shows("/tryggest/kalkulator/", "410\N{NO-BREAK SPACE}000")


def test_a_save_in_place_is_seen(preview: Started, editor: Editor) -> None:
    """Other tests save by renaming, as vim and VS Code do; this is how simple editors save."""
    editor.append(OM, "\nLagret én gang.\n")
    preview.shows("/tryggest/", "Lagret én gang.")
    text = editor.read(OM).replace("én gang", "to ganger")
    with (preview.root / OM).open("w", encoding="utf-8") as file:
        file.write(text[:20])
        file.flush()
        file.write(text[20:])
    preview.shows("/tryggest/", "Lagret to ganger.")


def test_a_change_that_leaves_size_and_time_is_seen(preview: Started, editor: Editor) -> None:
    path = preview.root / SCHEME
    stat = path.stat()
    editor.replace(SCHEME, "nb: TryggEst", "nb: TryggAst")
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert path.stat().st_size == stat.st_size
    preview.shows("/tryggest/", "TryggAst")


def test_many_saves_at_once_are_read_together(preview: Started, editor: Editor) -> None:
    text = editor.read(OM)
    with preview.stopped():
        for n in range(30):
            editor.save(OM, f"{text}\nUtgave {n}.\n")
    preview.shows("/tryggest/", "Utgave 29.")
    assert preview.says(OM).count("Endret:") <= 2


def test_pages_asked_for_at_once_while_something_is_saved(preview: Started, editor: Editor) -> None:
    paths = ["/", "/tryggest/", "/nn/tryggest/kalkulator/", "/frister/", "/api/v1/schemes.json"]
    text = editor.read(OM)
    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(preview.get, path) for path in paths * 12]
        for n in range(5):
            editor.save(OM, f"{text}\nUtgave {n}.\n")
            preview.shows("/tryggest/", f"Utgave {n}.")
        answers = [answer.result() for answer in asked]
    assert {answer.status for answer in answers} == {200}
    assert all(answer.text.endswith(("</html>", "}\n", "}")) for answer in answers)


def test_a_saved_image_is_shown(preview: Started, editor: Editor) -> None:
    name = "content/tryggest/bilder/prove.png"
    editor.save(name, "")
    editor.append(OM, "\n![En prøve](bilder/prove.png)\n")
    seen: set[str] = set()
    for colour in ("red", "blue"):
        Image.new("RGB", (8, 6), colour).save(preview.root / name)
        html = eventually(
            lambda: preview.get("/tryggest/").text, lambda html: bool(_images(html) - seen)
        )
        (address,) = _images(html) - seen
        shown = preview.get(address)
        assert (shown.status, shown.headers["Content-Type"]) == (200, "image/png")
        seen.add(address)


def _images(html: str) -> set[str]:
    return set(re.findall(r'src="(/assets/prove-[^"]+)"', html))


def test_new_and_removed_pages(preview: Started, editor: Editor) -> None:
    editor.save("content/pages/ny-side.md", "Title: Ny side\nDescription: Kort\n\nTekst.\n")
    preview.shows("/ny-side/", "<h1>Ny side</h1>")
    preview.shows("/nn/ny-side/", '<h1 lang="nb">Ny side</h1>')
    editor.remove("content/pages/ny-side.md")
    preview.shows("/ny-side/", "Vi finner ikke siden", 404)


def test_a_new_scheme_and_a_new_name_for_it(preview: Started, editor: Editor) -> None:
    copied = "content/ny-ordning"
    editor.copy("content/tryggest", copied)
    preview.shows("/ny-ordning/kalkulator/", 'data-calculator="ny-ordning"')
    preview.shows("/", 'href="/ny-ordning/"')
    editor.move(copied, "content/nyere-ordning")
    preview.shows("/nyere-ordning/", "TryggEst")
    preview.shows("/ny-ordning/", "Vi finner ikke siden", 404)
    preview.shows("/api/v1/schemes.json", "nyere-ordning")


def test_a_changed_template(preview: Started, editor: Editor) -> None:
    editor.replace("theme/templates/scheme/_layout.html", "{{ prose(page) }}", "{{ prose(page) }}")
    editor.replace("theme/templates/components/brand.html", "<svg", '<svg data-prove="ja"')
    preview.shows("/tryggest/", 'data-prove="ja"')


def test_a_changed_text_of_the_interface(preview: Started, editor: Editor) -> None:
    for lang, home in (("nb", "/"), ("nn", "/nn/")):
        name = f"theme/translations/{lang}.po"
        editor.replace(name, 'msgid "site.skip"\nmsgstr "', 'msgid "site.skip"\nmsgstr "Prøve ')
        preview.shows(home, ">Prøve ")


def test_a_changed_text_of_a_script(preview: Started, editor: Editor) -> None:
    before = 'msgid "embed.frame_title"\nmsgstr "'
    editor.replace("theme/translations/embed.nb.po", before, f"{before}Prøve ")
    preview.shows("/embed.js", '"Prøve ')


@pytest.mark.thorough
def test_drafts_are_shown_here_and_published_nowhere(
    preview: Started, editor: Editor, built_site: Path, tmp_path: Path
) -> None:
    """The output is byte for byte that of the project without them, while a preview runs."""
    editor.copy("content/tryggest", "content/utkast")
    editor.append("content/utkast/scheme.yaml", "draft: true\n")
    rules = "content/tryggest/rules"
    editor.save(
        f"{rules}/2031.yaml",
        editor.read(f"{rules}/2025.yaml").replace("year: 2025", "year: 2031", 1) + "draft: true\n",
    )
    nynorsk = "Title: Om\nDescription: Kort\nDraft: true\n\nPå nynorsk.\n"
    editor.save("content/tryggest/om.nn.md", nynorsk)
    gone = "Title: Borte\nDescription: Kort\nExpiry_date: 2026-01-01\n\nEn gang.\n"
    editor.save("content/pages/borte.md", gone)
    preview.shows("/utkast/", "Blir ikke publisert")
    preview.shows("/", 'href="/utkast/"')
    preview.shows("/tryggest/satser/2031/", "Regelverksåret 2031 er et utkast.")
    preview.shows("/nn/tryggest/", "På nynorsk.")
    preview.shows("/borte/", "er tatt bort fra og med 1. januar 2026.")

    published = tmp_path / "published"
    build_site(preview.root, published)
    check.check(published)
    assert not differences(built_site, published)


def differences(one: Path, other: Path) -> list[str]:
    names = [
        {p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file()}
        for root in (one, other)
    ]
    assert names[0]
    same, differ, failed = filecmp.cmpfiles(one, other, names[0] & names[1], shallow=False)
    assert same
    return sorted(names[0] ^ names[1]) + differ + failed
