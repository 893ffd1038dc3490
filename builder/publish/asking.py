"""The person's part: the report of changes, the notices that readers need, the question."""

from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from builder import content
from builder.kit import i18n
from builder.kit.environment import Confirm
from builder.publish import difference_report, notices
from builder.publish.command import Say
from builder.publish.difference import Difference, compare
from builder.publish.live import Live
from builder.publish.record import Record
from builder.publish.releases import PublishError
from calc.messages import whole

# Of more files for the editor to fill in, the rest are counted.
_MOST_SHOWN = 10
# Of more damaged files, the rest are counted.
_MOST_NAMED = 3


def report_changes(
    live: Live | None,
    record: Record,
    site: content.Site,
    project_root: Path,
    *,
    say: Say,
    confirm: Confirm | None,
) -> Record:
    """Report the changes from the live release; return the record with a summary of these changes.

    `record` is the record of the new site, and `site` the published content. Raises `PublishError`
    where figures of the rules change and no entry in `content/changes/` says so; `confirm` then
    asks whether to make files for the entries.
    """
    before = None if live is None else live.record
    if before is None:
        pages = f"Nettstedet har {whole(len(record.pages))} sider."
        unknown = "Vi kan ikke vise hva som blir endret, for vi vet ikke hva som ligger ute."
        say(f"{'Ingenting er publisert fra før.' if live is None else unknown} {pages}")
        return record
    difference = compare(before, record)
    say(difference_in_words(difference, project_root))
    missing = notices.unreported(difference, before, site)
    if missing:
        stubs = notices.stubs(missing, site, record.day, project_root / "content")
        _offer(notices.report(missing, difference.names), stubs, project_root, say, confirm)
    return replace(record, summary=difference_report.summary(difference))


def difference_in_words(difference: Difference, project_root: Path) -> str:
    """The report of a difference, in Norwegian."""
    texts = i18n.load(project_root / "theme/translations").catalogue("nb")
    return f"Dette blir endret:\n\n{difference_report.report(difference, texts)}\n"


def may_go_on(
    question: str, command: str, live: Live | None, confirm: Confirm | None, *, approved: bool
) -> bool:
    """Whether the live site may change: it is `approved` beforehand, or a person says yes now.

    Where nobody can be asked (`confirm` is None), the first site of all needs no yes. Any other
    then raises `PublishError`, which names the `command` of `make` to approve with.
    """
    if approved or (confirm is None and live is None):
        return True
    if confirm is None:
        raise PublishError(
            "Nettstedet er som før, for her er det ingen å spørre. Si ja på forhånd:"
            f" «make {command} YES=1»."
        )
    return confirm(question)


def _offer(
    report: str,
    stubs: tuple[notices.Stub, ...],
    project_root: Path,
    say: Say,
    confirm: Confirm | None,
) -> NoReturn:
    """Stop the publish, and offer to make the files in which an editor reports the change."""
    is_one = len(stubs) == 1
    texts = [f"content/{notices.CHANGES}/{stub.name}\n\n{stub.text}" for stub in stubs]
    shown = (
        "Regelverket er endret uten at leserne får vite det. Ingenting er publisert.\n\n"
        f"{report}\n\n"
        f"Fortell om endringen i {'denne filen' if is_one else 'disse filene'}."
        " Fyll ut title og text:\n\n" + "\n\n".join(_first(texts))
    )
    if confirm is None:
        raise PublishError(shown)
    say(shown)
    if not confirm("Skal jeg lage filen?" if is_one else "Skal jeg lage filene?"):
        raise PublishError("Ingenting er publisert.")
    files = [stub.write(project_root / "content").relative_to(project_root) for stub in stubs]
    raise PublishError(
        f"Laget {', '.join(_first(list(map(str, files))))}.\n"
        "Fyll ut title og text, og kjør «make publish» igjen."
    )


def in_short(addresses: list[str]) -> str:
    """The first of some files in a sentence, and the number of the rest."""
    shown, left = addresses[:_MOST_NAMED], len(addresses) - _MOST_NAMED
    return ", ".join(shown) + (f" og {whole(left)} til" if left > 0 else "")


def _first(texts: list[str]) -> list[str]:
    """The first texts, and the number of the rest."""
    left = len(texts) - _MOST_SHOWN
    return [*texts[:_MOST_SHOWN], *([f"… og {whole(left)} til"] if left > 0 else [])]
