"""Whatever a text holds, the checks come to an end and report lines that the text has."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from builder.checks import check_all
from builder.checks.context import Context
from builder.checks.external import links
from builder.content import read
from tests.checks.conftest import DAY, HEADER, write
from tests.content.sample import PAGE_FILE

PIECES = (
    *("[a](", "](", ")", "[", "]", "![", "<", ">", "`", "```\n", "    ", "\t", "\n", "\n\n", "- "),
    *("# ", "## Del\n", "| a |\n|---|\n", "<!--", "-->", "<a href='", "'", '"', "&nbsp;", "&", "*"),
    *("500 000", " kr", "kr ", "70", " %", " prosent", ",", ".", " og ", "–", " mill. ", "§ ", "1"),
    *("/proveordning/", "#del-", "//[", "http://", "mailto:", "/nn/", "%5B", "\\", "æ", "\u00a0"),
)


# Each text takes the place of the one before.
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=40).map("".join))
def test_any_text_can_be_checked(root: Path, text: str) -> None:
    write(root, PAGE_FILE, HEADER + text)
    source = (root / "content" / PAGE_FILE).read_text("utf-8")
    for problem in check_all(root, DAY):
        if problem.file == Path("content") / PAGE_FILE:
            assert problem.line <= source.count("\n") + 1
            assert problem.message
    site, _ = read(root / "content")
    links(Context(root, site, DAY))
