"""The service worker, which lets readers read again without a network what they have read."""

import hashlib
import json
from collections.abc import Mapping

from builder.bundle.assets import ADDRESS, Assets
from builder.bundle.runtime import Runtime
from builder.kit import cache
from builder.kit.manifest import HASH_LENGTH

PAGE = "uten-nett"
"""The page that is shown instead of one that is not kept; `theme/js/service-worker.js` knows it."""

DIGEST_LENGTH = 16
"""Hexadecimal digits of a file's SHA-256 that the script has: enough to notice a broken copy.

Against harm they need not serve: who could change what is kept could change the script too.
"""


def script(site: Mapping[str, str], assets: Assets, runtime: Runtime) -> bytes:
    """The text of `/sw.js`, for a site with these files, each with a hash of what is in it.

    Its version is a hash of all of them, so every change that is published makes browsers install
    it anew.
    """
    digests = {
        ADDRESS + path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(assets.folder.iterdir())
    } | {runtime.url + name: digest for name, digest in sorted(runtime.lock["files"].items())}
    constant = {
        "version": cache.key(*site.items())[:HASH_LENGTH],
        "files": {address: digest[:DIGEST_LENGTH] for address, digest in digests.items()},
    }
    text = f"const SITE={json.dumps(constant, separators=(',', ':'))};\n{assets.service_worker}"
    return text.encode()
