"""Lighthouse gives full marks for what does not depend on the machine."""

import os
from collections.abc import Iterator

import pytest

from tests.programs import find_chromium
from tests.proof import lighthouse


@pytest.fixture(scope="module")
def published() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        # Put back afterwards what is set for the build.
        for name in ("BUILD_DATE", "SITE_ADDRESS"):
            patch.setenv(name, os.environ.get(name, ""))
        with lighthouse.served_as_published() as address:
            yield address


@pytest.mark.parametrize("page", lighthouse.PAGES)
def test_full_marks(published: str, page: str) -> None:
    report = lighthouse.look(find_chromium(), published + page, lighthouse.EXACT)
    assert not report.complaints, "\n".join(report.complaints)
    assert report.scores == dict.fromkeys(lighthouse.EXACT, lighthouse.FULL)


def test_what_does_not_depend_on_the_machine_must_be_full() -> None:
    full = dict.fromkeys(lighthouse.EXACT, lighthouse.FULL)
    times = dict.fromkeys(lighthouse.TIMES, 800.0)

    def reports(*performance: int, **scores: int) -> dict[str, list[lighthouse.Report]]:
        return {
            "/": [
                lighthouse.Report({**full, "performance": score, **scores}, times, (), "1")
                for score in performance
            ]
        }

    assert lighthouse.problems(reports(100, 97, 89)) == []
    assert lighthouse.problems(reports(100, 89, 88)) == ["/: performance 89, under 90"]
    assert lighthouse.problems(reports(100, seo=99)) == ["/: search 99, ikke 100"]
    assert "| 97 (89–100) | 100 | 100 | 100 |" in lighthouse.markdown(reports(100, 97, 89))
    assert "≥ 98: not reached" in lighthouse.markdown(reports(100, 97, 89))
    assert "≥ 98: reached" in lighthouse.markdown(reports(98, 98, 80))
