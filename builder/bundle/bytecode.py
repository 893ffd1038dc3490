"""Compile Python files to byte code for the browser: `python -m builder.bundle.bytecode <folder>`.

A program of its own, since byte code depends a little on what else is in memory: started alone, the
same sources give the same bytes.
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
    """Write a `.pyc` beside each `.py` below the folder; tell whether all could be compiled.

    Docstrings, asserts and the tables of line numbers are left out. They are a third of the bytes,
    and no reader needs them. `address` is where the files will lie, for tracebacks.
    """
    compiled = compileall.compile_dir(
        folder,
        quiet=1,
        legacy=True,
        optimize=2,
        stripdir=str(folder),
        prependdir=address,
        # Never to be compared with the sources, which are not shipped.
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
