"""Modules that Pyodide imports when it starts, and of which the calculators use nothing.

They bring half of what Python reads at its start with them: event loops, sockets, subprocesses, zip
and tar files. A calculator is a function from text to text, so these stand in their place in the
browser. What Pyodide asks of them at its start is here; where that changes, the build stops, since
it starts the finished runtime in Node and compares its answers.

Keys are names of files in Pyodide's standard library; they must be there.
"""

SUBSTITUTES = {
    # Pyodide's core looks up how to make a promise of a coroutine; there are no coroutines.
    "asyncio/__init__.py": """
class Future:
    pass

def get_event_loop():
    raise RuntimeError("there is no event loop")

get_running_loop = get_event_loop
""",
    "pyodide/webloop.py": """
def _initialize_event_loop():
    pass
""",
    # Packages are not loaded: the calculators' wheel lies in Python's path.
    "pyodide/_package_loader.py": """
class _Folder:
    def __init__(self, path):
        self.path = path

    def __str__(self):
        return self.path

SITE_PACKAGES = _Folder("/lib/site-packages")
DSO_DIR = _Folder("/usr/lib")

def init_loaded_packages():
    pass
""",
    # importlib.abc mentions them; nothing here reads files out of packages.
    "importlib/resources/__init__.py": "",
    "importlib/resources/abc.py": """
class ResourceReader:
    pass

Traversable = TraversableResources = ResourceReader
""",
}
