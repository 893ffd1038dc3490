"""The service worker, which lets readers read again without a network what they have read."""

import hashlib
import json
from pathlib import Path

from builder.assets import ADDRESS, Assets
from builder.runtime import Runtime

PAGE = "uten-nett"
"""The page that is shown instead of one that is not kept; `theme/js/service-worker.js` knows it."""

HASH_LENGTH = 16


def write(output: Path, assets: Assets, runtime: Runtime) -> None:
    """Write `/sw.js` for a site whose pages and files have all been written.

    Its version is a hash of all pages and files, so every change that is published makes browsers
    install it anew.
    """
    version = hashlib.sha256()
    for path in sorted(p for p in output.rglob("*") if p.is_file()):
        version.update(f"{path.relative_to(output).as_posix()}\0".encode())
        version.update(hashlib.sha256(path.read_bytes()).digest())
    site = {
        "version": version.hexdigest()[:HASH_LENGTH],
        "files": {
            ADDRESS + path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(assets.folder.iterdir())
        }
        | {runtime.url + name: digest for name, digest in sorted(runtime.lock["files"].items())},
    }
    constant = f"const SITE={json.dumps(site, separators=(',', ':'))};\n"
    (output / "sw.js").write_text(constant + assets.service_worker, "utf-8")
