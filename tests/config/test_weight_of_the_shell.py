"""What a tablet loads before it can work is light: bad Wi-Fi brings 150 kB in a few seconds.

The screens of a tablet share most of what they are made of; the worker keeps the rest meanwhile.
"""

import re
from collections import Counter
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from whitenoise.compress import Compressor

from config.offline import assets
from tests.tills import open_till

LIMIT_BYTES = 150_000
SITES = ("peser", "trier", "expedier", "suivre", "compter")
PAGES = [*(f"/{screen}/canal/" for screen in SITES), "/encaisser/C1/"]
NAMED = re.compile(r"/static/[\w./-]+")
IMPORTED = re.compile(r'from "\./([\w.-]+)"')
FONTS = ("fonts/AtkinsonHyperlegible-Regular.ttf", "fonts/AtkinsonHyperlegible-Bold.ttf")


def text_of(name):
    return Path(finders.find(name)).read_text()


def made_of(page):
    """Names of the static files that a page loads: those it names, and what its modules import."""
    named = {address.removeprefix(static("")) for address in NAMED.findall(page)}
    waiting = [name for name in named if name.startswith("station/")]
    while waiting:
        found = {f"station/{name}" for name in IMPORTED.findall(text_of(waiting.pop()))}
        waiting += found - named
        named |= found
    return named | set(FONTS)


def squeezed(name):
    """The bytes of a static file as they travel: compressed as collectstatic does."""
    content = Path(finders.find(name)).read_bytes()
    return len(min(Compressor.compress_brotli(content), content, key=len))


@pytest.mark.parametrize("address", PAGES)
def test_a_screen_and_all_it_is_made_of_travel_as_150_kilobytes_at_most(world, client, address):
    open_till(world.canal)
    client.force_login(world.anna)
    html = len(client.get(address, headers={"Accept-Encoding": "gzip"}).content)
    sizes = Counter({"html": html})
    files = made_of(client.get(address).content.decode())
    assert {static(name) for name in files if name.startswith("station/")} <= set(assets())
    for name in files:
        sizes[name.rpartition(".")[2]] += squeezed(name)
    assert sizes.total() <= LIMIT_BYTES, sizes
