"""Texts of the interface in both languages, from the gettext files in `theme/translations/`.

Message ids are codes; the files hold the texts. A code that one language lacks stops the build.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import get_args

from babel.messages.pofile import read_po

from builder.kit.errors import KnownError
from calc.messages import Catalogue
from calc.rules import Lang

LANGS: tuple[Lang, ...] = get_args(Lang)
CALC = "calc."
_PLACE = re.compile(r"\{(\w+)")


class TranslationError(KnownError):
    """Translations are missing or do not fit each other; the text names every one."""


@dataclass(frozen=True)
class Translations:
    """The texts of the interface, by language and by code (the message id)."""

    texts: Mapping[Lang, Mapping[str, str]]

    def translator(self, lang: Lang) -> Callable[..., str]:
        """The function `t(code, **values)` of templates; raises `KeyError` for an unknown code."""
        texts = self.texts[lang]

        def t(code: str, **values: object) -> str:
            return texts[code].format(**values)

        return t

    def of_calc(self, lang: Lang) -> dict[str, str]:
        """The texts of the calculators, by code; they are sent to the browser."""
        return self._of_calc[lang]

    def catalogue(self, lang: Lang) -> Catalogue:
        """The texts of the calculators, as an argument for functions of `calc`."""
        return self._catalogues[lang]

    @cached_property
    def _of_calc(self) -> dict[Lang, dict[str, str]]:
        return {
            lang: {code: text for code, text in texts.items() if code.startswith(CALC)}
            for lang, texts in self.texts.items()
        }

    @cached_property
    def _catalogues(self) -> dict[Lang, Catalogue]:
        return {lang: Catalogue(lang, texts) for lang, texts in self._of_calc.items()}


def load(folder: Path) -> Translations:
    """Read `nb.po`, `nn.po` and every `<part>.nb.po`, `<part>.nn.po` of a folder.

    Raises `TranslationError` where a code or a placeholder such as `{amount:kr}` is in one language
    only.
    """
    texts: dict[Lang, dict[str, str]] = {}
    for lang in LANGS:
        texts[lang] = {}
        for path in sorted(folder.glob(f"*{lang}.po")):
            with path.open("rb") as file:
                catalogue = read_po(file, locale=lang, abort_invalid=True)
            texts[lang] |= {str(m.id): str(m.string) for m in catalogue if m.id and m.string}
    problems = []
    for code in sorted(set().union(*texts.values())):
        missing = [lang for lang in LANGS if code not in texts[lang]]
        if missing:
            problems.append(f"«{code}» mangler på {', '.join(missing)}.")
        elif len({frozenset(_PLACE.findall(texts[lang][code])) for lang in LANGS}) > 1:
            problems.append(f"«{code}» har ikke de samme plassene {{…}} på begge målformer.")
    if problems:
        raise TranslationError(f"Feil i {folder.name}/:\n" + "\n".join(problems))
    return Translations(texts)
