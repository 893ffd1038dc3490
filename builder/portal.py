"""The list of all schemes, and the pages that narrow it: by status, target group and owner."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from pelican.utils import slugify

from builder.content.model import Group, Scheme, Status
from builder.i18n import Translations
from calc.rules import Lang

# The words of addresses are Norwegian, and the same in both målformer.
FOLDER = "ordninger"
_STATUS_WORDS: dict[Status, str] = {
    "open": "apen",
    "expected": "kommer",
    "passed": "frist-ute",
    "unknown": "ukjent-frist",
    "closed": "avsluttet",
    "archived": "arkiv",
}
_GROUP_WORDS: dict[Group, str] = {
    "children": "barn-og-unge",
    "adults": "voksne",
    "families": "parorende",
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something to narrow the list to: `value` of a facet.

    `name` is the end of its page's address, `title` the page's heading. `schemes` are those that it
    leaves in the list, today or on a later day; `count` is how many it leaves today.
    """

    facet: str
    value: str
    name: str
    label: str
    title: str
    schemes: tuple[Scheme, ...]
    count: int


@dataclass(frozen=True, kw_only=True)
class Portal:
    """The list as a page shows it: `chosen` is what it is narrowed to, or None.

    `facets` holds the choices that have a scheme, facet by facet; `schemes` are in order, each with
    its owner's word and whether it is in the list today.
    """

    facets: dict[str, list[Choice]]
    chosen: Choice | None
    schemes: tuple[tuple[Scheme, str, bool], ...]
    count: int


def portal(
    schemes: Collection[Scheme], choices: list[Choice], chosen: Choice | None, today: dt.date
) -> Portal:
    """The list narrowed to `chosen`."""
    facets: dict[str, list[Choice]] = {}
    for choice in choices:
        if choice.schemes:
            facets.setdefault(choice.facet, []).append(choice)
    shown = in_order(schemes, today) if chosen is None else chosen.schemes
    entries = tuple(
        (s, owner_word(s), chosen is None or chosen.value in _values_now(s, chosen.facet, today))
        for s in shown
    )
    count = sum(is_shown for _, _, is_shown in entries)
    return Portal(facets=facets, chosen=chosen, schemes=entries, count=count)


def in_order(schemes: Collection[Scheme], today: dt.date) -> tuple[Scheme, ...]:
    """All schemes, those that can be applied for soonest first."""
    return tuple(sorted(schemes, key=lambda scheme: scheme.periods(today)[0].value.rank))


def choices(
    schemes: Collection[Scheme], today: dt.date, lang: Lang, translations: Translations
) -> list[Choice]:
    """Everything that the list can be narrowed to, facet by facet.

    Of owners, those that there are. Of statuses and groups, all: a page that is empty today has
    something to show one day, and its address lasts.
    """
    t = translations.translator(lang)
    ordered = in_order(schemes, today)

    def choice(facet: str, value: str, word: str, label: str, title: str) -> Choice:
        fitting = tuple(s for s in ordered if value in _values(s, facet, today))
        return Choice(
            facet=facet,
            value=value,
            name=f"{facet}/{word}",
            label=label,
            title=title,
            schemes=fitting,
            count=sum(value in _values_now(s, facet, today) for s in fitting),
        )

    owners = {owner_word(scheme): scheme.owner.name.best(lang)[0] for scheme in ordered}
    return [
        *(
            choice("status", status, word, t(f"status.{status}"), t(f"filter.status.{status}"))
            for status, word in _STATUS_WORDS.items()
        ),
        *(
            choice("malgruppe", group, word, t(f"group.{group}"), t(f"filter.group.{group}"))
            for group, word in _GROUP_WORDS.items()
        ),
        *(
            choice("eier", word, word, name, t("filter.owner", owner=name))
            for word, name in sorted(owners.items())
        ),
    ]


def names(schemes: Collection[Scheme]) -> list[str]:
    """What the list can be narrowed to, as the ends of the addresses (`Choice.name`)."""
    words = {
        "status": [*_STATUS_WORDS.values()],
        "malgruppe": [*_GROUP_WORDS.values()],
        "eier": sorted({owner_word(scheme) for scheme in schemes}),
    }
    return [f"{facet}/{word}" for facet, of_facet in words.items() for word in of_facet]


def owner_word(scheme: Scheme) -> str:
    """The owner of a scheme as a word of addresses."""
    word: str = slugify(scheme.owner.name.nb)
    return word


def _values_now(scheme: Scheme, facet: str, today: dt.date) -> Collection[str]:
    return [scheme.status(today)] if facet == "status" else _values(scheme, facet, today)


def _values(scheme: Scheme, facet: str, today: dt.date) -> Collection[str]:
    """The values of a facet that a scheme has, today or on a later day."""
    if facet == "status":
        return [period.value.status for period in scheme.periods(today)]
    return scheme.groups if facet == "malgruppe" else [owner_word(scheme)]
