"""Profiles of the browser: one that most tests take in turn, or one of a test's own."""

from contextlib import contextmanager

ALWAYS = {"locale": "fr-FR", "color_scheme": "light", "reduced_motion": "reduce"}


class Profile:
    """One profile for test after test, as new each time.

    A page left open in it keeps its process alive, which the next test's page then shares: with
    the scripts that it has read already, that saves a quarter of the time.
    """

    def __init__(self, browser, address):
        self.is_taken = False
        self.origin = address
        self.context = browser.new_context(base_url=address, service_workers="block", **ALWAYS)
        self.anchor = self.context.new_page()
        self.anchor.goto("/static/css/tokens.css")
        self.session = self.context.new_cdp_session(self.anchor)

    @contextmanager
    def taken(self):
        self.is_taken = True
        try:
            yield self.context
        finally:
            self.tidy()
            self.is_taken = False

    def tidy(self):
        """Leave nothing behind but static files, the same for every test."""
        for page in self.context.pages:
            if page != self.anchor:
                page.close()
        self.context.set_offline(False)
        self.context.clear_cookies()
        everything = {"origin": self.origin, "storageTypes": "all"}
        self.session.send("Storage.clearDataForOrigin", everything)


@contextmanager
def own_profile(browser, address, **options):
    context = browser.new_context(base_url=address, **ALWAYS, **options)
    try:
        yield context
    finally:
        context.close()
