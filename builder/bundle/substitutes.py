"""Substitutes for modules that Pyodide imports at its start and the calculators don't use.

The real modules import half of the files that Python reads at its start: event loops, sockets,
subprocesses, zip and tar files. A calculator is a function from text to text and needs none of
them. The substitutes have the names that Pyodide uses at its start. If a version of Pyodide needs
more, the build stops, since it starts the runtime in Node and compares the answers.

`SUBSTITUTES` has the source of each module by its file name in Pyodide's standard library. The
build stops if the library has no such file.
"""

SUBSTITUTES = {
    # Pyodide's core looks these names up to turn coroutines into promises; there are no coroutines.
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
    # importlib.abc imports these names; calculators read no files from packages.
    "importlib/resources/__init__.py": "",
    "importlib/resources/abc.py": """
class ResourceReader:
    pass

Traversable = TraversableResources = ResourceReader
""",
}
