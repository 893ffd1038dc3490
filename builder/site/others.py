"""The files that other plugins, and Pelican itself, write into the output folder."""

from dataclasses import replace

from builder.kit.compress import METHODS
from builder.kit.files import traces_of, walk
from builder.kit.store import key
from builder.site.output import OutputFolder, Unit, UnitResult


def take_others(folder: OutputFolder) -> bool:
    """Make a unit of the files that differ from all units; returns whether there are any.

    So they are compressed and published as all other files are. A file of a unit that a plugin has
    written anew leaves its unit, and the next build writes the unit again before the plugin runs.
    """
    known = folder.files()
    traces = {
        path: traces_of(entry.stat()) for path, entry in walk(folder.folder) if not entry.is_dir()
    }
    others = {
        path: (folder.folder / path).read_bytes()
        for path, of_path in traces.items()
        if path not in known or known[path].traces != of_path
    }
    copies = {path + ending for path in others for ending in METHODS}
    rewritten = copies | others.keys()
    for path in known.keys() & copies:
        (folder.folder / path).unlink(missing_ok=True)
    for name, unit in folder.units.items():
        if not rewritten.isdisjoint(unit.files):
            files = {path: file for path, file in unit.files.items() if path not in rewritten}
            folder.units[name] = replace(unit, key="", files=files)
    if others:
        # Never the unit of an earlier build, whose files this build has deleted.
        new = key(sorted((path, traces[path]) for path in others))
        folder.place([Unit(f"others {new}", new, lambda: UnitResult(others))])
    return bool(others)
