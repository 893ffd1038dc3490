"""Asking the page's own worker for a workbook, as a page does for its reader."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

WORKBOOK = "workbook.zip"
ANSWERS = {
    "track": "act-fact",
    "plan_year": "2025",
    "positions": "6,5",
    "share_year_3": "70",
    "share_year_4": "40",
    "cost_per_position": "850 000",
    "cost_growth": "2,5",
}
REQUEST = {
    "v": 1,
    "op": "workbook",
    "scheme": "oppfolging-voksne",
    "lang": "nb",
    "answers": ANSWERS,
    "page": {"address": "https://example.org/", "date": "2026-11-22", "version": "0a1b"},
}


def watch_worker(page: Page) -> None:
    """Before the page is opened: remember its worker."""
    page.add_init_script(
        """const Plain = Worker;
        globalThis.Worker = class extends Plain {
            constructor(...all) { super(...all); globalThis.calculators = this; }
        };"""
    )


def ask(page: Page, request: dict[str, Any]) -> dict[str, Any]:
    """What the worker says to a request."""
    answer: dict[str, Any] = page.evaluate(
        """(request) => new Promise((resolve) => {
            const id = `test ${Math.random()}`;
            calculators.addEventListener("message", function hear({ data }) {
                if (data.id === id) {
                    calculators.removeEventListener("message", hear);
                    resolve(data);
                }
            });
            calculators.postMessage({ type: "request", id, request: JSON.stringify(request) });
        })""",
        request,
    )
    return answer
