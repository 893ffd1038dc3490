"""Structured data about a page for search engines: JSON-LD with the vocabulary of schema.org."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from builder.content.model import Body, Scheme
from builder.kit.addresses import PAGE_NAMES
from builder.kit.i18n import Translations
from calc.rules import Lang, Track

type Node = dict[str, Any]

# Identifiers within a page, by which its nodes refer to each other.
_OWNER = "#eier"
_SERVICE = "#tilskuddsordning"


def of_site(name: str, description: str, lang: Lang, site_address: str) -> Node:
    """The data of the front page: a `WebSite` with name, description and language.

    `site_address` is the public address of the site without a slash at the end, or empty.
    """
    start = "/nn/" if lang == "nn" else "/"
    url = {"url": f"{site_address}{start}"} if site_address else {}
    return _linked(
        [{"@type": "WebSite", "name": name, "description": description, "inLanguage": lang} | url]
    )


def of_scheme_page(
    scheme: Scheme,
    name: str,
    title: str,
    lang: Lang,
    translations: Translations,
    today: dt.date,
    *,
    site_name: str,
    site_address: str,
) -> Node:
    """The structured data (JSON-LD) of a page of a scheme, or an empty mapping.

    `name` and `title` are the name and title of the page. The data are the page's breadcrumbs, and
    on the front page of the scheme, the scheme as a `GovernmentService`. Breadcrumbs need whole
    addresses, so they are left out where `site_address` is empty. A scheme that nobody can apply
    for any more is not presented as a service.
    """
    nodes: list[Node] = []
    front = f"{site_address}{'/nn' if lang == 'nn' else ''}/"
    address = f"{front}{scheme.slug}/"
    if name == PAGE_NAMES[0] and scheme.state == "active":
        nodes += _service(scheme, lang, translations, address if site_address else "", today)
    if site_address:
        trail = [(site_name, front), (scheme.short_name.best(lang)[0], address)]
        if name != PAGE_NAMES[0]:
            trail.append((title, f"{address}{name}/"))
        nodes.append(_breadcrumbs(trail))
    return _linked(nodes) if nodes else {}


def _linked(nodes: list[Node]) -> Node:
    return {"@context": "https://schema.org", "@graph": nodes}


def _breadcrumbs(steps: list[tuple[str, str]]) -> Node:
    items = [
        {"@type": "ListItem", "position": number, "name": name, "item": address}
        for number, (name, address) in enumerate(steps, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _service(
    scheme: Scheme, lang: Lang, translations: Translations, address: str, today: dt.date
) -> Iterator[Node]:
    t = translations.translator(lang)
    service: Node = {
        "@type": "GovernmentService",
        "@id": _SERVICE,
        "name": scheme.name.best(lang)[0],
        "alternateName": scheme.short_name.best(lang)[0],
        "description": scheme.summary.best(lang)[0],
        "provider": {"@id": _OWNER},
        "areaServed": {"@type": "Country", "name": t("metadata.country")},
        "audience": [
            {"@type": "Audience", "audienceType": applicant.best(lang)[0]}
            for applicant in scheme.applicants
        ],
    }
    if scheme.administrator is not None:
        service["serviceOperator"] = _body(scheme.administrator, lang)
    if address:
        service["url"] = address
    grants = list(_grants(scheme, lang, translations, today))
    if grants:
        service["serviceOutput"] = [{"@id": grant["@id"]} for grant in grants]
    yield service
    yield _body(scheme.owner, lang) | {"@id": _OWNER}
    yield from grants


def _grants(
    scheme: Scheme, lang: Lang, translations: Translations, today: dt.date
) -> Iterator[Node]:
    """A `MonetaryGrant` for each track of the newest rule year that takes in new applicants.

    Each grant has the known caps of its track.
    """
    if not scheme.rules:
        return
    t = translations.translator(lang)
    newest = scheme.rules[0]
    for track_id, track in newest.tracks.items():
        if _is_closed(track, today.year):
            continue
        grant: Node = {
            "@type": "MonetaryGrant",
            "@id": f"#tilskudd-{track_id}",
            "name": track.name.best(lang)[0],
            "description": t("rates.year", year=newest.year),
            "funder": {"@id": _OWNER},
        }
        amounts = [
            {
                "@type": "MonetaryAmount",
                "name": f"{t(f'rates.part.cap_{name}')} ({cap.unit})",
                "currency": "NOK",
                "maxValue": int(cap.value),
            }
            for name, cap in track.all_caps()
            if cap.value is not None
        ]
        yield grant | ({"amount": amounts} if amounts else {})


def _is_closed(track: Track, year: int) -> bool:
    """Whether a track takes in nobody new in the year. A transitional arrangement never does."""
    is_over = track.closed_from is not None and track.closed_from.year <= year
    return is_over or track.transition is not None


def _body(body: Body, lang: Lang) -> Node:
    url = {"url": body.url} if body.url is not None else {}
    return {"@type": "GovernmentOrganization", "name": body.name.best(lang)[0]} | url
