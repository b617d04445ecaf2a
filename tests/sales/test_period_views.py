"""Pages of closings: listed by days, months and years; read; printed; closed by a director."""

from datetime import timedelta
from uuid import uuid4

import pypdfium2
import pytest
from django.utils import timezone

from sales.models import Closing, Kind, Method, PeriodClosing
from tests.sales.shops import Shop, noon

pytestmark = pytest.mark.database
HERE = "/caisse/clotures/"


@pytest.fixture
def shop(world):
    return Shop(world.canal)


@pytest.fixture
def january(shop, world):
    """Two tills in January 2026, and one at another site; February has begun at Canal."""
    shop.day("C1", noon(2026, 1, 5), 700)
    shop.day("C2", noon(2026, 1, 20), 2_000, Method.CARD)
    Shop(world.gare).day("G1", noon(2026, 1, 21), 900)
    shop.day("C1", noon(2026, 2, 3), 50)
    return PeriodClosing.objects.get()


def text(response):
    assert response.status_code == 200
    return response.content.decode().replace("\u202f", " ").replace("\xa0", " ")


def test_zs_are_listed_newest_first_with_their_gaps(january, browser, world):
    page = text(browser(world.anna).get(HERE))
    assert page.index("Z-canal-C1-2") < page.index("Z-canal-C2-1") < page.index("Z-canal-C1-1")
    assert "−7,00 €" in page  # 100 € were counted, of 107
    assert "/caisse/C1/z/1/" in page
    assert "/caisse/C1/z/1.pdf" in page


def test_a_z_that_nobody_counted_says_so(shop, browser, world):
    shop.open("C1", noon(2026, 1, 5))
    shop.sell("C1", noon(2026, 1, 9), 100)
    page = text(browser(world.cashier).get(HERE))
    assert "Z-canal-C1-1" in page
    assert "non compté" in page


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("site=gare", "Z-gare-G1-1", "Z-canal-C1-1"),
        ("till=C2", "Z-canal-C2-1", "Z-canal-C1-1"),
        ("month=202602", "Z-canal-C1-2", "Z-canal-C1-1"),
        ("of=months", "M-canal-2026-01", "Z-canal-C1-1"),
        ("of=months&month=202601&site=canal", "M-canal-2026-01", "Z-canal"),
    ],
)
def test_filters_keep_what_is_asked_for(january, browser, world, query, shown, hidden):
    page = text(browser(world.anna).get(f"{HERE}?{query}"))
    assert shown in page
    assert hidden not in page


@pytest.mark.parametrize(
    "query", ["site=quai", "till=Q", "month=202613", "month=x", "of=weeks", "before=0", "before=x"]
)
def test_a_filter_that_makes_no_sense_is_told(january, browser, world, query):
    assert browser(world.anna).get(f"{HERE}?{query}").status_code == 422


def test_older_closings_are_on_the_next_page(january, browser, world, monkeypatch):
    monkeypatch.setattr("sales.views.periods.PAGE", 1)
    last = Closing.objects.order_by("-pk").first()
    page = text(browser(world.anna).get(HERE))
    assert f"before={last.pk}" in page
    assert "Z-canal-C1-2" not in text(browser(world.anna).get(f"{HERE}?before={last.pk}"))


def test_someone_of_one_site_sees_its_closings_only(january, browser, world):
    page = text(browser(world.cashier).get(HERE))
    assert "Z-canal-C1-1" in page
    assert "Z-gare-G1-1" not in page


def test_a_month_s_page_tells_its_figures_and_what_proves_them(january, browser, world):
    page = text(browser(world.cashier).get(f"{HERE}{january.event.uuid}/"))
    for said in ("27,00 €", january.event.hash, january.figures["signature"], "Z-canal-C2-1"):
        assert said in page


def test_a_year_s_page_names_its_months(january, shop, browser, world):
    shop.day("C1", noon(2027, 1, 4), 10)
    year = PeriodClosing.objects.get(kind=Kind.CLOSE_YEAR)
    page = text(browser(world.cashier).get(f"{HERE}{year.event.uuid}/"))
    assert "M-canal-2026-01" in page
    assert "27,50 €" in page


def test_nobody_reads_a_month_of_another_structure(january, browser, world):
    address = f"{HERE}{january.event.uuid}/"
    assert browser(world.paul).get(address).status_code == 404
    assert browser(world.sorter).get(address).status_code == 403
    assert browser(world.anna).get(f"{HERE}{uuid4()}/").status_code == 404


def test_the_paper_of_a_month_bears_its_fingerprint_and_its_signature(january, browser, world):
    answer = browser(world.cashier).get(f"{HERE}{january.event.uuid}.pdf")
    document = pypdfium2.PdfDocument(answer.content)
    said = "\n".join(page.get_textpage().get_text_range() for page in document)
    for part in (january.number, january.event.hash[:32], january.figures["signature"][:64]):
        assert part in said
    assert "27,00" in said


# Closing by hand


@pytest.fixture
def last_month(shop):
    """A Z of last month, and nothing since."""
    shop.day("C1", timezone.now().replace(day=1) - timedelta(days=3), 700)


def test_a_director_closes_the_months_that_have_ended_once(last_month, browser, world):
    client, asked = browser(world.director), {"id": str(uuid4()), "of": "canal"}
    assert 'name="of" value="canal"' in text(client.get(HERE))
    for _twice in range(2):
        assert client.post(f"{HERE}mois/", asked).url == HERE
    assert PeriodClosing.objects.get().total_cents == 700
    assert 'name="of" value="canal"' not in text(client.get(HERE))
    again = client.post(f"{HERE}mois/", {"id": str(uuid4()), "of": "canal"})
    assert again.status_code == 422


@pytest.mark.parametrize("of", ["", "quai", "nowhere", None])
def test_months_of_no_site_of_ours_are_not_closed(last_month, browser, world, of):
    asked = {"id": str(uuid4())} | ({} if of is None else {"of": of})
    assert browser(world.director).post(f"{HERE}mois/", asked).status_code in (404, 422)
    assert browser(world.manager).post(f"{HERE}mois/", asked).status_code in (403, 404)
    assert not PeriodClosing.objects.exists()
