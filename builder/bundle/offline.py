"""The service worker: without a network, it shows the pages that a reader has visited before."""

import hashlib
import json
from collections.abc import Mapping

from builder.bundle.assets import Assets
from builder.bundle.runtime import Runtime
from builder.kit import store
from builder.kit.files import HASH_LENGTH
from builder.kit.headers import ASSETS

"""The page that replaces a page that is not cached; `theme/js/service-worker.js` has this name."""

DIGEST_LENGTH = 16
"""The hexadecimal digits of a file's SHA-256 in the script: enough to notice a broken copy.

They need not withstand an attacker, who could change the script as well as the cached files.
"""


def script(site: Mapping[str, str], assets: Assets, runtime: Runtime) -> bytes:
    """The bytes of `/sw.js`. `site` has the path of every file in the site, and its SHA-256.

    The script begins with a constant. Its `files` are the addresses of all assets and files of the
    runtime, each with a digest (`DIGEST_LENGTH`). Its `version` is a hash of `site`: after every
    published change, browsers install the script anew.
    """
    digests = {
        ASSETS + name: hashlib.sha256(data).hexdigest()
        for name, data in sorted(assets.files.items())
    } | {runtime.url + name: digest for name, digest in sorted(runtime.lock["files"].items())}
    constant = {
        "version": store.key(*site.items())[:HASH_LENGTH],
        "files": {address: digest[:DIGEST_LENGTH] for address, digest in digests.items()},
    }
    text = f"const SITE={json.dumps(constant, separators=(',', ':'))};\n{assets.service_worker}"
    return text.encode()
