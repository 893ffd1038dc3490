"""The images of texts: checked as they are read, and cleaned of everything but the picture.

Data that a camera or a drawing program adds (the position, the owner, an earlier version) are not
published, nor bytes that somebody has hidden behind the end of the picture.
"""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import imagesize  # type: ignore[import-untyped]  # has no type hints

from builder.content.files import IMAGES, is_content, read_bytes, why_no_name
from builder.content.problems import Problem
from builder.kit.headers import ASSETS, hashed_name

ENDINGS = (".png", ".jpg", ".jpeg", ".webp")
MOST_BYTES = 300_000
# On each side. A small file may hold a picture that fills the memory of a telephone.
MOST_PIXELS = 4_000

_PNG = b"\x89PNG\r\n\x1a\n"
# The chunks of a PNG that decide how the picture looks.
_PNG_CHUNKS = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"),
    *(b"cHRM", b"cICP", b"gAMA", b"iCCP", b"pHYs", b"sBIT", b"sRGB"),
}
_WEBP_CHUNKS = {b"VP8 ", b"VP8L", b"ALPH", b"ICCP", b"VP8X"}
_JPEG, _JPEG_END, _JPEG_SCAN = b"\xff\xd8", 0xD9, 0xDA
# The segments of a JPEG that are left out: comments, and the data of programs, except those that
# begin in one of these ways and decide how the picture looks.
_JPEG_LEFT_OUT = {*range(0xE0, 0xF0), 0xFE}
_JPEG_APPLICATIONS = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")
_EXIF = b"Exif\0\0"
_ORIENTATION = 0x0112


class _NotAnImageError(Exception):
    """The file is of another kind than its ending says, or it is broken."""


class _AnimatedError(Exception):
    """The picture moves, and readers could not stop it."""


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image as it is published: the editor's file name, its size in pixels, its bytes."""

    name: str
    width: int
    height: int
    data: bytes

    @property
    def file_name(self) -> str:
        """The name of the published file, with a hash of its content."""
        return hashed_name(self.name, self.data)

    @property
    def address(self) -> str:
        """The address of the published file, from `/`."""
        return ASSETS + self.file_name


def read_images(folder: Path, shown: Path, problems: list[Problem]) -> dict[str, Image | None]:
    """Read the images that the texts of a folder can show, by address as an editor writes it there.

    `shown` is the folder as messages name it. An image that can't be used is None, and the reason
    is added to `problems`.
    """
    images = folder / IMAGES
    if not images.is_dir():
        return {}
    files = sorted(path for path in images.iterdir() if is_content(path))
    return {
        f"{IMAGES}/{path.name}": _read(path, shown / IMAGES / path.name, problems) for path in files
    }


def _read(path: Path, shown: Path, problems: list[Problem]) -> Image | None:
    before = len(problems)
    if path.suffix not in ENDINGS:
        message = "Filen er ikke et bilde som kan brukes."
        expected = f"lagret på nytt som {' eller '.join(ENDINGS)}"
        problems.append(Problem(shown, 0, "", message, path.name, expected))
    elif why := why_no_name(path.stem):
        message = "Filnavnet kan ikke brukes som adresse."
        problems.append(Problem(shown, 0, "", message, path.name, why))
    raw = None if len(problems) > before else read_bytes(path, shown, MOST_BYTES, problems)
    if raw is None:
        return None
    try:
        data = _cleaned(raw, path.suffix)
    except _AnimatedError:
        message, expected = "Bildet beveger seg.", "et bilde som står stille"
        problems.append(Problem(shown, 0, "", message, path.name, expected))
        return None
    except (_NotAnImageError, struct.error):
        data = b""
    width, height = imagesize.get(io.BytesIO(data))
    if min(width, height) < 1:
        message = "Filen er ikke et helt bilde av det slaget som navnet sier."
        expected = f"et bilde lagret som {path.suffix}"
        problems.append(Problem(shown, 0, "", message, _kind(raw), expected))
        return None
    if max(width, height) > MOST_PIXELS:
        expected = f"høyst {MOST_PIXELS} piksler bredt og høyt"
        size = f"{width} × {height} piksler"
        problems.append(Problem(shown, 0, "", "Bildet er for stort.", size, expected))
        return None
    return Image(name=path.name, width=width, height=height, data=data)


def unused_images(
    folder: Path, images: dict[str, Image | None], used: set[str], shown: Path
) -> Iterator[Problem]:
    """A warning for each image of a folder that is not in `used`, the images in its texts."""
    for address in sorted(set(images) - used):
        message = "Ingen tekst viser bildet."
        expected = f"![hva bildet viser]({address}) i en tekst i {folder.name}/"
        yield Problem(shown / address, 0, "", message, "", expected, is_warning=True)


def _kind(raw: bytes) -> str:
    """The kind of a file by its first bytes, in Norwegian."""
    if raw.startswith(_PNG):
        return "en PNG-fil"
    if raw.startswith(_JPEG):
        return "en JPEG-fil"
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return "en WebP-fil"
    if raw.startswith(b"GIF8"):
        return "en GIF-fil"
    return "en annen slags fil" if raw else "en tom fil"


def _cleaned(raw: bytes, ending: str) -> bytes:
    """The bytes of an image file with nothing but the picture.

    Raises `_AnimatedError`, `_NotAnImageError`, or `struct.error` where the file ends too early.
    """
    if ending == ".png":
        return _png(raw)
    return _webp(raw) if ending == ".webp" else _jpeg(raw)


def _png(raw: bytes) -> bytes:
    if not raw.startswith(_PNG):
        raise _NotAnImageError
    chunks, at = [_PNG], len(_PNG)
    while True:
        # Length, name, data, checksum.
        (length,) = struct.unpack_from(">I", raw, at)
        name, end = raw[at + 4 : at + 8], at + 12 + length
        if end > len(raw):
            raise _NotAnImageError
        if name == b"acTL":
            raise _AnimatedError
        if name in _PNG_CHUNKS:
            chunks.append(raw[at:end])
        if name == b"IEND":
            return b"".join(chunks)
        at = end


def _webp(raw: bytes) -> bytes:
    if raw[:4] != b"RIFF" or raw[8:12] != b"WEBP":
        raise _NotAnImageError
    (size,) = struct.unpack_from("<I", raw, 4)
    if 8 + size > len(raw):
        raise _NotAnImageError
    chunks, at = b"", 12
    while at < 8 + size:
        name, (length,) = raw[at : at + 4], struct.unpack_from("<I", raw, at + 4)
        end = at + 8 + length + length % 2
        if end > 8 + size:
            raise _NotAnImageError
        if name in (b"ANIM", b"ANMF"):
            raise _AnimatedError
        chunk = raw[at:end]
        if name == b"VP8X":
            # The first byte of the chunk lists the parts of the file: no longer Exif and XMP.
            chunk = chunk[:8] + bytes([chunk[8] & ~0b1100]) + chunk[9:]
        if name in _WEBP_CHUNKS:
            chunks += chunk
        at = end
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WEBP" + chunks


def _jpeg(raw: bytes) -> bytes:
    if not raw.startswith(_JPEG):
        raise _NotAnImageError
    at, orientation = len(_JPEG), 1
    segments: list[bytes] = []
    while True:
        # A marker of two bytes; after most markers a length and so many bytes of data.
        marker, kind = struct.unpack_from("BB", raw, at)
        if marker != 0xFF:
            raise _NotAnImageError
        if kind == 0xFF:  # filling
            at += 1
            continue
        if kind == _JPEG_END:
            return b"".join(
                [_JPEG, *_orientation_segment(orientation), *segments, raw[at : at + 2]]
            )
        (length,) = struct.unpack_from(">H", raw, at + 2)
        end = at + 2 + length
        if kind == _JPEG_SCAN:
            end = _end_of_scan(raw, end)
        segment, at = raw[at:end], end
        data = segment[4:]
        if kind == 0xE1 and data.startswith(_EXIF):
            orientation = _orientation(data.removeprefix(_EXIF))
        if kind not in _JPEG_LEFT_OUT or data.startswith(_JPEG_APPLICATIONS):
            segments.append(segment)


def _end_of_scan(raw: bytes, at: int) -> int:
    """The position of the marker that ends a scan.

    Inside a scan, `FF 00` stands for the byte `FF`, and `FF D0` to `FF D7` only divide it.
    """
    while (at := raw.find(b"\xff", at)) >= 0 and at + 1 < len(raw):
        kind = raw[at + 1]
        if kind != 0x00 and not 0xD0 <= kind <= 0xD7:
            return at
        at += 2
    raise _NotAnImageError


def _orientation(exif: bytes) -> int:
    """The orientation of the camera, 1 to 8, from the first directory of Exif; 1 without one."""
    try:
        order = {b"II": "<", b"MM": ">"}[exif[:2]]
        (at,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, at)
        for n in range(count):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, at + 2 + 12 * n)
            if tag == _ORIENTATION:
                return value if 1 <= value <= 8 else 1
    except (KeyError, struct.error):
        pass
    return 1


def _orientation_segment(orientation: int) -> Iterator[bytes]:
    """An Exif segment with nothing but the orientation; none for 1, which is the default."""
    if orientation != 1:
        entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
        exif = _EXIF + b"MM\0*\0\0\0\x08" + struct.pack(">H", 1) + entry + bytes(4)
        yield b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
