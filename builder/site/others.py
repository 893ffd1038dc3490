"""The files that other plugins, and Pelican itself, write into the output folder."""

from dataclasses import replace
from pathlib import Path

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
    others = {
        path: Path(entry.path).read_bytes()
        for path, entry in walk(folder.folder)
        if not entry.is_dir()
        and (path not in known or known[path].traces != traces_of(entry.stat()))
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
        folder.place([Unit("others", key(sorted(others.items())), lambda: UnitResult(others))])
    return bool(others)
