"""The service worker of a built site knows that site."""

import hashlib
import json
from pathlib import Path

from builder import content
from builder.bundle.offline import DIGEST_LENGTH


def constant(site: Path) -> dict[str, object]:
    first, _ = (site / "sw.js").read_text("utf-8").split("\n", 1)
    found: dict[str, object] = json.loads(first.removeprefix("const SITE=").removesuffix(";"))
    return found


def test_it_knows_every_file_that_pages_may_need(built_site: Path, site: content.Site) -> None:
    (runtime,) = (built_site / "runtime").iterdir()
    files = [p for folder in (built_site / "assets", runtime) for p in folder.iterdir()]
    # Nobody asks for the notice, nor for the lock, which is in the worker; no page shows a PNG of
    # the theme, and images of texts are cached when they are shown.
    needed = [p for p in files if p.suffix not in {".br", ".gz", ".txt", ".json", ".png"}]
    digests = {
        f"/{p.relative_to(built_site).as_posix()}": hashlib.sha256(p.read_bytes()).hexdigest()[
            :DIGEST_LENGTH
        ]
        for p in needed
    }
    in_texts = {image.address for page in site.pages.values() for image in page.images.values()}
    assert constant(built_site)["files"] == {
        address: digest for address, digest in digests.items() if address not in in_texts
    }


def test_it_knows_the_page_for_readers_without_a_network(built_site: Path) -> None:
    script = (built_site / "sw.js").read_text("utf-8")
    for page in ("/uten-nett/", "/nn/uten-nett/"):
        assert (built_site / page.strip("/") / "index.html").is_file()
    assert '"/uten-nett/"' in script
