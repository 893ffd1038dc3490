"""The service worker: without a network, it shows the pages that a reader has visited before."""

import hashlib
import json
from collections.abc import Mapping

from builder.bundle.assets import Assets
from builder.bundle.runtime import Runtime
from builder.kit import store
from builder.kit.files import HASH_LENGTH
from builder.kit.headers import ASSETS
from builder.kit.i18n import LANGS, Translations

DIGEST_LENGTH = 6
"""The hexadecimal digits of a file's SHA-256 in the script: one broken copy of 16 million passes.

They need not withstand an attacker, who could change the script as well as the cached files.
"""

# As few bytes as possible: all readers load them, and hardly any sees the page.
_PAGE = (
    "<!doctype html><html lang={lang}><meta name=viewport content=width=device-width>"
    "<title>{title}</title><h1>{title}</h1><p>{text}"
)


def script(site: Mapping[str, str], assets: Assets, runtime: Runtime, texts: Translations) -> bytes:
    """The bytes of `/sw.js`. `site` has the path of every file in the site, and its SHA-256.

    The script begins with a constant. Its `files` are the addresses of all assets and files of the
    runtime, each with a digest (`DIGEST_LENGTH`), without images, since no page of the site shows
    one of these. Its `version` is a hash of `site`: after every published change, browsers install
    the script anew. Its `pages` (bokmål, nynorsk) are shown without a network where even the cached
    page for that is gone: browsers store the script apart from their caches.
    """
    digests = {
        ASSETS + name: hashlib.sha256(data).hexdigest()
        for name, data in sorted(assets.files.items())
        if not name.endswith(".png")
    } | {runtime.url + name: digest for name, digest in sorted(runtime.lock["files"].items())}
    constant = {
        "version": store.key(*site.items())[:HASH_LENGTH],
        "files": {address: digest[:DIGEST_LENGTH] for address, digest in digests.items()},
        "pages": [
            _PAGE.format(lang=lang, title=t("offline.title"), text=t("offline.again"))
            for lang in LANGS
            for t in [texts.translator(lang)]
        ],
    }
    site_json = json.dumps(constant, ensure_ascii=False, separators=(",", ":"))
    text = f"const SITE={site_json};\n{assets.service_worker}"
    return text.encode()
