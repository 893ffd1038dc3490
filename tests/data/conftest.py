"""The content, the built site as pages, and a site that knows where it will stand."""

from pathlib import Path

import pytest

from builder import content
from builder.kit import i18n
from builder.kit.i18n import Translations
from builder.site import check, site
from tests.site.pages import Page, read_pages

ADDRESS = "https://stigen.example"
# A day on which deadlines were still to come.
EARLIER = "2025-03-10"


@pytest.fixture(scope="session")
def content_site(project_root: Path) -> content.Site:
    return content.load(project_root / "content")


@pytest.fixture(scope="session")
def translations(project_root: Path) -> Translations:
    return i18n.load(project_root / "theme/translations")


@pytest.fixture(scope="session")
def pages(built_site: Path) -> dict[str, Page]:
    return read_pages(built_site)


@pytest.fixture(scope="session")
def placed_site(project_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as it was on an earlier day, with its address given."""
    folder = tmp_path_factory.mktemp("placed") / "site"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUILD_DATE", EARLIER)
        patch.setenv("SITE_ADDRESS", f"{ADDRESS}/")
        site.build(project_root, folder)
    check.check(folder)
    return folder


@pytest.fixture(scope="session")
def placed_pages(placed_site: Path) -> dict[str, Page]:
    return read_pages(placed_site)
