"""The service worker of a publish comes, waits, and takes over."""

from playwright.sync_api import Page


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


def expect_taken_over(page: Page) -> None:
    """None waits any more, and the one there is has cleared what only the one before used."""
    page.evaluate(
        """async () => {
            const registration = await navigator.serviceWorker.ready;
            const end = performance.now() + 30_000;
            while (registration.waiting || registration.active.state !== "activated") {
                if (performance.now() > end) {
                    throw new Error(`${registration.waiting?.state}, ${registration.active.state}`);
                }
                await new Promise((resolve) => setTimeout(resolve, 50));
            }
        }"""
    )
