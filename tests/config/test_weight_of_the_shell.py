"""What a tablet loads before it can weigh is light: bad Wi-Fi brings 150 kB in a few seconds."""

from collections import Counter
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static
from whitenoise.compress import Compressor

from config.offline import assets

LIMIT_BYTES = 150_000


def squeezed(address):
    """The bytes of a static file as they travel: compressed as collectstatic does."""
    content = Path(finders.find(address.removeprefix(static("")))).read_bytes()
    return len(min(Compressor.compress_brotli(content), content, key=len))


def test_the_weigh_page_and_all_it_is_made_of_travel_as_150_kilobytes_at_most(world, client):
    client.force_login(world.sorter)
    page = client.get("/peser/canal/", headers={"Accept-Encoding": "gzip, br"})
    sizes = Counter({"html": len(page.content)})
    for address in assets():
        sizes[address.rpartition(".")[2]] += squeezed(address)
    assert sizes.total() <= LIMIT_BYTES, sizes
