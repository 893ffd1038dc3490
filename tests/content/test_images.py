"""The images of texts: published as the picture they are, and nothing besides."""

import hashlib
import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from builder.content import Problem, Site, load
from builder.content.images import Image as Published
from builder.content.images import read_images
from tests.content.bad_content import write
from tests.content.sample import PAGE, SLUG

SECRET = b"59.9139N 10.7522E"
SIZE = (40, 30)


def drawn() -> Image.Image:
    """A picture in which every corner is another, so that a turned one is noticed."""
    image = Image.new("RGB", SIZE, "white")
    image.paste("teal", (0, 0, 20, 15))
    image.paste("black", (30, 20, 40, 30))
    return image


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[0x0112] = orientation
    data[0x9286] = SECRET.decode()  # the photographer's comment
    data.get_ifd(0x8825)[1] = SECRET.decode()  # where it was taken
    return data


def saved(kind: str, **how: object) -> bytes:
    buffer = io.BytesIO()
    drawn().save(buffer, kind, **how)
    return buffer.getvalue()


def published(tmp_path: Path, name: str, raw: bytes) -> Published:
    write(f"bilder/{name}", raw)(tmp_path)
    problems: list[Problem] = []
    image = read_images(tmp_path, Path("content/x"), problems)[f"bilder/{name}"]
    assert problems == []
    assert image is not None
    return image


def pixels(data: bytes) -> tuple[tuple[int, int], bytes]:
    with Image.open(io.BytesIO(data)) as image:
        return image.size, image.convert("RGB").tobytes()


def noted() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET.decode())
    info.add_itxt("Comment", SECRET.decode())
    info.add_text("Packed", SECRET.decode() * 9, zip=True)
    return info


FILES = {
    "kart.png": saved("PNG", pnginfo=noted(), exif=exif()),
    "foto.jpg": saved("JPEG", exif=exif(), comment=SECRET),
    "foto-etter-hvert.jpeg": saved("JPEG", exif=exif(), progressive=True, comment=SECRET),
    "foto.webp": saved("WEBP", exif=exif(), xmp=b"<x>" + SECRET + b"</x>"),
    "tegning.webp": saved("WEBP", lossless=True, exif=exif()),
}


@pytest.mark.parametrize("name", FILES)
def test_only_the_picture_is_published(tmp_path: Path, name: str) -> None:
    raw = FILES[name]
    packed = zlib.compress(SECRET * 9)
    assert SECRET in raw
    image = published(tmp_path, name, raw)
    assert SECRET not in image.data
    assert packed[2:-4] not in image.data
    assert pixels(image.data) == pixels(raw)
    assert (image.width, image.height) == SIZE
    with Image.open(io.BytesIO(image.data)) as opened:
        assert not opened.getexif()
        assert opened.info.keys().isdisjoint({"exif", "xmp", "comment", "Author", "Comment"})


@pytest.mark.parametrize("name", FILES)
def test_bytes_hidden_after_the_picture_are_left_out(tmp_path: Path, name: str) -> None:
    image = published(tmp_path, name, FILES[name] + b"PK\x03\x04<script>" + SECRET)
    assert b"<script>" not in image.data
    assert pixels(image.data) == pixels(FILES[name])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_stands_as_the_camera_was_held(tmp_path: Path, orientation: int) -> None:
    raw = saved("JPEG", exif=exif(orientation))
    image = published(tmp_path, "foto.jpg", raw)
    with Image.open(io.BytesIO(image.data)) as opened:
        assert opened.getexif().get(0x0112, 1) == orientation
        assert len(opened.getexif()) == (orientation != 1)
    # The fifth to the eighth lie on their side.
    assert (image.width, image.height) == (SIZE if orientation < 5 else SIZE[::-1])


def test_an_image_has_an_address_by_its_content(tmp_path: Path) -> None:
    image = published(tmp_path, "kart.png", FILES["kart.png"])
    digest = hashlib.sha256(image.data).hexdigest()[:8].upper()
    assert image.address == f"/assets/kart-{digest}.png"


@pytest.mark.parametrize("name", FILES)
@given(data=st.data())
def test_no_bytes_bring_the_reading_down(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    raw = bytearray(FILES[name])
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    write(f"bilder/{name}", bytes(raw))(folder)
    problems: list[Problem] = []
    (image,) = read_images(folder, Path("content/x"), problems).values()
    # Either a problem is reported, or the image has a size that a page can state.
    assert (image is None) == bool(problems)
    assert image is None or min(image.width, image.height) > 0


# --- In the content ---


def site(content: Path, **texts: str) -> Site:
    write(f"{SLUG}/bilder/kart.png", FILES["kart.png"])(content)
    for name, text in texts.items():
        write(f"{SLUG}/{name.replace('_', '.')}.md", f"{PAGE}\n{text}\n")(content)
    return load(content)


def test_a_page_has_the_images_that_it_shows(content: Path) -> None:
    shown = site(content, om="![Et kart](bilder/kart.png)", om_nn="![Eit kart](bilder/kart.png)")
    assert shown.warnings == ()
    images = {key[1:]: set(page.images) for key, page in shown.pages.items()}
    assert images["om", "nb"] == images["om", "nn"] == {"bilder/kart.png"}
    assert images["rapportering", "nb"] == set()


@pytest.mark.parametrize(
    "text",
    [
        '![Et kart](bilder/kart.png "Et kart")',
        "![Et kart][kart]\n\n[kart]: bilder/kart.png",
        "![Et kart](<bilder/kart.png>)",
        '<figure><img src="bilder/kart.png" alt="Et kart"><figcaption>Kart</figcaption></figure>',
        "[![Et kart](bilder/kart.png)](/frister/)",
    ],
)
def test_an_image_can_be_written_in_several_ways(content: Path, text: str) -> None:
    shown = site(content, om=text)
    assert shown.warnings == ()
    assert list(shown.pages[SLUG, "om", "nb"].images) == ["bilder/kart.png"]


def test_an_image_in_code_is_not_shown(content: Path) -> None:
    shown = site(content, om="`![Et kart](bilder/kart.png)`")
    assert [problem.message for problem in shown.warnings] == ["Ingen tekst viser bildet."]
    assert shown.pages[SLUG, "om", "nb"].images == {}


def test_general_pages_have_images_too(content: Path) -> None:
    write("pages/bilder/kart.png", FILES["kart.png"])(content)
    write("pages/om.md", f"{PAGE}\n![Et kart](bilder/kart.png)\n")(content)
    shown = load(content)
    assert list(shown.pages[None, "om", "nb"].images) == ["bilder/kart.png"]
    assert shown.warnings == ()
