"""The built site as pages, and a site that knows where it will stand."""

from pathlib import Path

import pytest

from builder.bundle.runtime import Runtime
from builder.site import check
from tests import building as site
from tests.once import made_once
from tests.site.pages import Page, read_pages

ADDRESS = "https://stigen.example"
# A day on which deadlines were still to come.
EARLIER = "2025-03-10"


@pytest.fixture(scope="session")
def placed_site(
    project_root: Path, tmp_path_factory: pytest.TempPathFactory, shipped: Runtime
) -> Path:
    """The site as it was on an earlier day, with its address given. To read only."""

    def make(folder: Path) -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("BUILD_DATE", EARLIER)
            patch.setenv("SITE_ADDRESS", f"{ADDRESS}/")
            site.build(project_root, folder)
        check.check(folder)

    return made_once(tmp_path_factory, "placed", make)


@pytest.fixture(scope="session")
def placed_pages(placed_site: Path) -> dict[str, Page]:
    return read_pages(placed_site)
