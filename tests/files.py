"""Folders of files: what several tests write, change and compare."""

from pathlib import Path


def snapshot(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder, by its path from there, in order."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(folder: Path, name: str, what: str | bytes) -> Path:
    """Write a file below a folder, and the folders that it needs; returns its path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(what.encode() if isinstance(what, str) else what)
    return path


def change(path: Path, old: str, new: str) -> str:
    """Put `new` in the only place of a file where `old` stands; returns the whole new text."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"«{old}» stands {text.count(old)} times in {path.name}"
    changed = text.replace(old, new)
    path.write_bytes(changed.encode(errors="surrogatepass"))
    return changed
