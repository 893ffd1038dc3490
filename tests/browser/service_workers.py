"""The service worker of a publish comes, waits, and takes over."""

import time

from playwright.sync_api import BrowserContext, Page

from tests.patience import Patience


def expect_next_waits(page: Page) -> None:
    """The service worker of another publish has got all that it needs, and waits for its turn."""
    page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.ready;
            const end = performance.now() + 30_000;
            while (!registration.waiting) {
                if (performance.now() > end) {
                    const { installing, active } = registration;
                    throw new Error(`none: ${installing?.state}, ${active?.state}`);
                }
                // One that could not get all of it gives up, until the next visit.
                if (!registration.installing) {
                    await registration.update();
                }
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        }"""
    )


def open_taken_over(context: BrowserContext, address: str) -> Page:
    """A page in the hands of the newest publish, which has cleared what only the one before used.

    A browser may still be letting go of a page that was closed when the next one opens; then the
    service worker before stays in charge until that one is closed too, so that is what is done.
    """
    patience = Patience()
    while True:
        page = context.new_page()
        page.goto(address)
        state = page.evaluate(
            """async () => {
                const { waiting, active } = await navigator.serviceWorker.ready;
                return waiting ? "waits" : active.state;
            }"""
        )
        if state == "activated":
            return page
        assert not patience.is_over(), state
        page.close()
        time.sleep(0.1)
