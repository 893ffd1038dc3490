"""The materials of a site, made of code and theme alone: texts, the browser's Python, assets."""

import sys
from dataclasses import dataclass
from pathlib import Path

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from builder.bundle import assets, exercise, licences, runtime
from builder.bundle.assets import Assets
from builder.bundle.licences import Licence
from builder.bundle.runtime import Runtime
from builder.kit import i18n
from builder.kit.i18n import LANGS, Translations
from builder.kit.store import CACHE, Store


@dataclass(frozen=True)
class Materials:
    """The texts of the interface, the browser's Python, and the licences of what readers load."""

    translations: Translations
    runtime: Runtime
    licences: list[Licence]


def make_materials(project_root: Path, theme: Path) -> Materials:
    """Make the materials that depend on the project's code and on the translations of the theme."""
    translations = i18n.load(theme / "translations")
    # Not to standard output, which is Pelican's.
    print("Gjør klar kalkulatorene for nettleseren …", file=sys.stderr, flush=True)
    return Materials(
        translations=translations,
        runtime=runtime.build(project_root, exercise.requests(translations), exercise.workbooks()),
        licences=licences.shipped(project_root),
    )


def make_assets(project_root: Path, materials: Materials) -> Assets:
    """Make style sheet, scripts and images of the theme."""
    t = materials.translations.translator
    titles = {lang: t(lang)("embed.frame_title") for lang in LANGS}
    return assets.build(project_root, {**materials.runtime.constants, "FRAME_TITLES": titles})


class CompiledTemplates(BytecodeCache):
    """The templates as Python's byte code, so that each version of a template is compiled once."""

    def __init__(self, project_root: Path) -> None:
        self._store = Store(project_root / CACHE, "template")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Jinja calls this; the bucket checks that its byte code is of the template as it is."""
        code = self._store.get(bucket.key)
        if code is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Jinja calls this with a template that was compiled."""
        self._store.put(bucket.key, result=bucket.bytecode_to_string())
