"""Publishes ready-made sites in processes of its own, which can be killed or fail at any point.

Started once, and asked line by line on standard input, since a Python with all of the builder in
it takes a second to start. For each request it forks, and says in JSON what became of the child.
"""

import datetime as dt
import functools
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from builder import content
from builder.kit import i18n
from builder.kit.errors import KnownError
from builder.publish import publish, rollback
from builder.site import site
from builder.site.output import OutputFolder

PAGES = ("/", "/b/")
# Whatever changes something on the disk; between two of them, nothing does.
CHANGES = {"os.rename", "os.link", "os.symlink", "os.mkdir", "os.remove", "os.rmdir"}
START = dt.datetime(2030, 2, 3, tzinfo=dt.UTC)


def write_site(output: Path, version: str) -> None:
    """A site with pages that need hashed files of the same version."""
    needed = {
        "href": f"/assets/site-{version}.css",
        "src": f"/assets/worker-{version}.js",
        "data-runtime": f"/runtime/{version}/lock.json",
    }
    links = "".join(f'<link {name}="{path}">' for name, path in needed.items())
    text = f"<p>version {version}</p>\n" * 500
    html = f"<!doctype html><html><title>Side</title>{links}<main><h1>Side</h1>{text}</main></html>"
    files = {f"{page}index.html": html for page in PAGES}
    files |= dict.fromkeys(needed.values(), f'"version {version}"\n')
    for name, body in files.items():
        path = output / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, "utf-8")


def run(root: Path, request: dict[str, Any]) -> dict[str, Any]:
    """Publish or go back: after how many steps that was done, or what was said instead.

    At the step that is asked for, this process is killed; or that step and perhaps those after it
    fail with an error of the operating system.
    """
    steps = 0
    failure = request.get("errno")
    failing = range(request.get("fail_at", 0), request.get("fail_until", 0))

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in CHANGES or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)):
            steps += 1
            if steps == request.get("kill_at"):
                os.kill(os.getpid(), signal.SIGKILL)
            # What is full can still be emptied.
            if steps in failing and event not in ("os.remove", "os.rmdir"):
                raise OSError(failure, os.strerror(failure), str(arguments[0]))

    def build(_root: Path, output: Path, **_where: str) -> None:
        shutil.rmtree(output, ignore_errors=True)
        write_site(output, request["version"])

    site.build = build
    sys.addaudithook(count)
    more = {
        "approved": True,
        "say": lambda _text: None,
        "clock": lambda: START + dt.timedelta(days=request["day"]),
    }
    try:
        if request["command"] == "publish":
            publish.publish(root, **more)
        else:
            rollback.rollback(root, **more)
    except KnownError as error:
        return {"said": str(error)}
    return {"steps": steps}


@contextmanager
def begin(root: Path, _output: Path, **_where: str) -> Iterator[site.Begun]:
    yield site.Begun(content.load(root / "content"), [], cast("OutputFolder", None))


def main() -> None:
    root = Path(sys.argv[1])
    # The same for all, and not what is tried here.
    site.begin = begin
    content.load = functools.cache(content.load)
    i18n.load = functools.cache(i18n.load)
    content.load(root / "content")
    i18n.load(root / "theme/translations")
    for line in sys.stdin:
        request = json.loads(line)
        start = time.perf_counter()
        said, told = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.write(told, json.dumps(run(root, request)).encode())
            except BaseException:
                traceback.print_exc()
                os._exit(1)
            os._exit(0)
        os.close(told)
        if "kill_within" in request:
            time.sleep(random.uniform(0, request["kill_within"]))  # noqa: S311
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        seconds = time.perf_counter() - start
        code = os.waitstatus_to_exitcode(status)
        with os.fdopen(said, encoding="utf-8") as pipe:
            answer = json.loads(pipe.read() or "{}")
        print(json.dumps({"code": code, "seconds": seconds, **answer}), flush=True)


if __name__ == "__main__":
    main()
