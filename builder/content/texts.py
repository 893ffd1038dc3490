"""The prose of pages, fetched when it is asked for: that of a thousand schemes is not in memory."""

from collections.abc import Callable, Mapping

from builder.content.prose import Prose
from calc.rules import Lang

type PageKey = tuple[str | None, str, Lang]
"""Which scheme (None for general pages), name and målform."""

# So many folders are kept in memory: pages are made folder by folder.
_MOST_FOLDERS = 8


class Texts:
    """The prose of all pages. `fetch` gets that of a folder; what is in `made` is here already."""

    def __init__(
        self,
        made: Mapping[PageKey, Prose],
        fetch: Callable[[str | None], Mapping[PageKey, Prose]] | None = None,
    ) -> None:
        """Hold what is made, and fetch the rest."""
        self._made = made
        self._fetch = fetch
        self._fetched: dict[str | None, Mapping[PageKey, Prose]] = {}

    def of(self, scheme: str | None, name: str, lang: Lang) -> Prose:
        """The prose of a page that is there."""
        page = (scheme, name, lang)
        if self._fetch is None or page in self._made:
            return self._made[page]
        if scheme not in self._fetched:
            while len(self._fetched) >= _MOST_FOLDERS:
                del self._fetched[next(iter(self._fetched))]
            self._fetched[scheme] = self._fetch(scheme)
        return self._fetched[scheme][page]
