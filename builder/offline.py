"""The service worker, which lets readers read again without a network what they have read."""

import hashlib
import json
from pathlib import Path

from builder.assets import ADDRESS, Assets
from builder.manifest import content_hash
from builder.runtime import Runtime

PAGE = "uten-nett"
"""The page that is shown instead of one that is not kept; `theme/js/service-worker.js` knows it."""

DIGEST_LENGTH = 16
"""Hexadecimal digits of a file's SHA-256 that the script has: enough to notice a broken copy.

Against harm they need not serve: who could change what is kept could change the script too.
"""


def write(output: Path, assets: Assets, runtime: Runtime) -> None:
    """Write `/sw.js` for a site whose pages and files have all been written.

    Its version is a hash of all pages and files, so every change that is published makes browsers
    install it anew.
    """
    digests = {
        ADDRESS + path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(assets.folder.iterdir())
    } | {runtime.url + name: digest for name, digest in sorted(runtime.lock["files"].items())}
    site = {
        "version": content_hash(output),
        "files": {address: digest[:DIGEST_LENGTH] for address, digest in digests.items()},
    }
    constant = f"const SITE={json.dumps(site, separators=(',', ':'))};\n"
    (output / "sw.js").write_text(constant + assets.service_worker, "utf-8")
