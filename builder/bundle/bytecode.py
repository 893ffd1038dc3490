"""Compile Python files to byte code for the browser: `python -m builder.bundle.bytecode <folder>`.

A program by itself: byte code depends a little on the other objects in memory, and a program that
does nothing else gives the same bytes for the same sources.
"""

import compileall
import marshal
import sys
from pathlib import Path
from py_compile import PycInvalidationMode
from types import CodeType

# Magic number, flags and the hash of the source stand before the code (PEP 552).
HEADER_BYTES = 16


def compile_folder(folder: Path, address: str) -> bool:
    """Write a `.pyc` beside each `.py` below the folder; return whether every file was compiled.

    The byte code has no docstrings, no asserts and no line numbers. Docstrings, asserts and line
    numbers would be a third of the bytes, and no reader needs them. `address` is the folder of the
    files in the browser, for tracebacks.
    """
    compiled = compileall.compile_dir(
        folder,
        quiet=1,
        legacy=True,
        optimize=2,
        stripdir=str(folder),
        prependdir=address,
        # Python is not to compare the files with their sources, which are not shipped.
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    for path in sorted(folder.rglob("*.pyc")):
        data = path.read_bytes()
        code = _without_lines(marshal.loads(data[HEADER_BYTES:]))  # noqa: S302  # written above
        path.write_bytes(data[:HEADER_BYTES] + marshal.dumps(code))
    return bool(compiled)


def _without_lines(code: CodeType) -> CodeType:
    constants = tuple(
        _without_lines(item) if isinstance(item, CodeType) else item for item in code.co_consts
    )
    return code.replace(co_linetable=b"", co_consts=constants)


if __name__ == "__main__":
    sys.exit(not compile_folder(Path(sys.argv[1]), sys.argv[2]))
