"""Killed at any point, publishing leaves a whole site, and the next run works.

All the time, somebody reads the site through the real server.
"""

import pytest

from builder.commands.serve import serve_folder
from builder.publish.releases import STORED_RELEASES
from tests.release.driver import PAGES
from tests.release.driving import Driver
from tests.release.reader import reading

KILLS = 200


@pytest.mark.thorough
def test_killed_at_every_step_and_at_random_while_somebody_reads(driver: Driver) -> None:
    with (
        serve_folder(driver.root / "public/current") as address,
        reading(address, PAGES) as reader,
    ):
        # So many that there is one to delete.
        usual = [driver.publish() for _ in range(STORED_RELEASES + 1)][-1]
        assert usual["steps"] > 20
        for step in range(1, usual["steps"] + 1):
            driver.publish(kill_at=step)
        back = driver.run("rollback")
        for step in range(1, back["steps"] + 1):
            before = driver.live
            driver.run("rollback", kill_at=step)
            if driver.live != before:
                driver.publish()
        while driver.killed < KILLS or reader.pages <= KILLS or len(reader.versions) <= 10:
            driver.publish(kill_within=usual["seconds"])
        assert "steps" in driver.publish()
    assert reader.wrong == []
    public = driver.root / "public"
    expected = {".lock", ".spare", "current", "records", "releases"}
    assert {p.name for p in public.iterdir()} == expected
    releases = sorted(p.name for p in (public / "releases").iterdir())
    assert len(releases) == STORED_RELEASES
    for kind in ("json", "files"):
        assert sorted(p.stem for p in (public / "records").glob(f"*.{kind}")) == releases
