"""A flows file goes in whole, once, or not at all; every bad cell is said with its line."""

from datetime import date
from io import StringIO

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from collection.models import Intake
from config.imports import default_organisation, import_flows
from inventory.ledger import close_month
from inventory.models import Balance, Flow, Movement, Partner, Place, Shipment
from organisation.models import Organisation, Site, Submission
from reporting.attribution import flows
from reporting.periods import Period
from reporting.scopes import Scope

HEADER = "date,site,direction,mode,fate,partner,category,weight_kg,units,note,method,origin,place"
ARRIVAL = "2026-01-31,canal,in,drop_off,,,TEX.VETE,12.5,3,Un don,,,"
DEPARTURE = "2026-01-31,canal,out,,recycling,gebetex,TEX,4,,,estimated,,"


def csv_of(*lines, header=HEADER):
    return "\n".join((header, *lines)).encode() + b"\n"


@pytest.fixture
def take_in(world):
    return lambda content, **options: import_flows(
        content=content, organisation=world.navette, **options
    )


def refusals(take_in, content, **options):
    """``(line, column, code)`` of each error; checks that nothing was written."""
    counts = Movement.objects.count(), Site.objects.count(), Partner.objects.count()
    with pytest.raises(ValidationError) as refusal:
        take_in(content, **options)
    assert (Movement.objects.count(), Site.objects.count(), Partner.objects.count()) == counts
    return [
        (error.params["line"], error.params["column"], error.code)
        for error in refusal.value.error_list
    ]


def test_an_arrival_becomes_a_movement_with_its_paper(take_in):
    outcome = take_in(csv_of(ARRIVAL))
    assert (outcome.lines, outcome.recorded, outcome.created) == (1, 1, ())
    flow = Flow.objects.get()
    assert (flow.weight_g, flow.units, flow.method) == (12_500, 3, "weighed")
    assert flow.to_account.key == "canal/stock/principal/bulk"
    assert flow.to_category.code == "TEX.VETE"
    assert flow.origin.code == "non-demande"
    movement = flow.movement
    assert movement.business_date == date(2026, 1, 31)
    assert movement.occurred_at.isoformat() == "2026-01-31T11:00:00+00:00"  # noon in Paris
    assert movement.note == "Un don"
    assert Intake.objects.get().weighings.get().flow == flow


@pytest.mark.parametrize(
    ("partner", "method", "channel"),
    [("", "", "untold"), ("gebetex", "", "given"), ("", "by_balance", "balance")],
)
def test_reuse_without_a_partner_is_told_apart_from_gifts(world, take_in, partner, method, channel):
    take_in(csv_of(ARRIVAL, f"2026-01-31,canal,out,,reuse,{partner},TEX,4,,,{method},,"))
    scope, day = Scope.of_sites([world.canal]), date(2026, 1, 31)
    rows = flows(scope=scope, period=Period(day, day), by=["channel"])
    told = [(row["channel"], row["weight_g"]) for row in rows if row["direction"] == "out"]
    assert told == [(channel, 4_000)]


def test_a_departure_names_its_fate_and_partner(take_in):
    take_in(csv_of(DEPARTURE))
    flow = Flow.objects.get()
    assert flow.to_account.key == "canal/recycling/gebetex"
    assert (flow.weight_g, flow.method) == (4000, "estimated")
    assert Shipment.objects.get().partner.code == "gebetex"


def test_reuse_without_partner_went_to_the_public_sold_or_given(take_in):
    take_in(csv_of("2026-01-31,canal,out,,reuse,,TEX,4,,,,,"))
    assert Flow.objects.get().to_account.key == "canal/reuse//untold"


def test_a_line_without_category_is_unsorted(take_in):
    take_in(csv_of("2026-01-31,canal,in,drop_off,,,,4,,,,,"))
    assert Flow.objects.get().to_category.code == "DIV.VRAC"


def test_the_partner_of_an_arrival_is_kept_in_its_note(take_in):
    take_in(csv_of("2026-01-31,canal,in,partner,,Emmaüs,TEX,4,,trois sacs,,,"))
    assert Movement.objects.get().note == "Emmaüs — trois sacs"


def test_a_year_on_one_line_may_pass_the_scale_limit(take_in):
    take_in(csv_of("2026-01-31,canal,in,drop_off,,,TEX,140000,,,,,"))
    assert Balance.objects.get(weight_g__gt=0).weight_g == 140_000_000


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + csv_of(ARRIVAL),
        csv_of(ARRIVAL.replace(",", ";").replace("12.5", "12,5"), header=HEADER.replace(",", ";")),
        csv_of(ARRIVAL).replace(b"\n", b"\r\n"),
        csv_of("", ARRIVAL, ",,,,,,,,,,,,"),
        csv_of(
            "31.5,canal,2026-01-31,in,drop_off",
            header="Weight_KG, site ,date,direction,mode",
        ),
    ],
    ids=["BOM", "semicolons and comma", "CRLF", "blank lines", "columns in another order"],
)
def test_usual_dialects_are_read(take_in, content):
    assert take_in(content).recorded == 1


def test_a_note_may_hold_commas_and_quotation_marks(take_in):
    take_in(csv_of(ARRIVAL.replace("Un don", '"Un ""don"", de qui ?"')))
    assert Movement.objects.get().note == 'Un "don", de qui ?'


def test_a_second_import_changes_nothing(take_in):
    content = csv_of(ARRIVAL, ARRIVAL, DEPARTURE)
    assert take_in(content).recorded == 3
    before = list(Balance.objects.order_by("pk").values_list("weight_g", flat=True))
    assert take_in(content).recorded == 0
    assert Movement.objects.count() == 3
    assert list(Balance.objects.order_by("pk").values_list("weight_g", flat=True)) == before


def test_a_second_import_needs_no_name_any_more(take_in, world):
    content = csv_of(DEPARTURE)
    take_in(content)
    Partner.objects.filter(organisation=world.navette, code="gebetex").update(code="renamed")
    assert take_in(content).recorded == 0


def test_two_structures_may_take_in_the_same_file(take_in, world):
    content = csv_of(ARRIVAL.replace("canal", "depot"))
    take_in(content, create=True)
    with pytest.raises(ValidationError) as refusal:
        import_flows(content=content, organisation=world.port, create=True)
    assert [error.code for error in refusal.value.error_list] == ["code_taken"]


@pytest.mark.parametrize(
    ("line", "column", "code"),
    [
        (ARRIVAL.replace("2026-01-31", "31/01/2026"), "date", "bad_date"),
        (ARRIVAL.replace("2026-01-31", "2026-02-30"), "date", "bad_date"),
        (ARRIVAL.replace("2026-01-31", "1999-12-31"), "date", "bad_date"),
        (ARRIVAL.replace("2026-01-31", ""), "date", "bad_date"),
        (ARRIVAL.replace("2026-01-31", "2099-01-31"), "date", "in_the_future"),
        (ARRIVAL.replace("canal", "ailleurs"), "site", "unknown_site"),
        (ARRIVAL.replace("canal", "quai"), "site", "unknown_site"),
        (ARRIVAL.replace("canal", ""), "site", "unknown_site"),
        (ARRIVAL.replace(",in,", ",entrée,"), "direction", "bad_direction"),
        (ARRIVAL.replace("drop_off", "teleport"), "mode", "unknown_mode"),
        (ARRIVAL.replace("drop_off", ""), "mode", "unknown_mode"),
        (ARRIVAL.replace("drop_off,", "drop_off,reuse"), "fate", "both_sides"),
        (ARRIVAL.replace("TEX.VETE", "TEX.RIEN"), "category", "unknown_category"),
        (ARRIVAL.replace("12.5", "-3"), "weight_kg", "bad_weight"),
        (ARRIVAL.replace("12.5", "0"), "weight_kg", "bad_weight"),
        (ARRIVAL.replace("12.5", "NaN"), "weight_kg", "bad_weight"),
        (ARRIVAL.replace("12.5", "1e3"), "weight_kg", "bad_weight"),
        (ARRIVAL.replace("12.5", "0.0001"), "weight_kg", "bad_weight"),
        (ARRIVAL.replace("12.5", "999999999"), "weight_kg", "bad_weight"),
        (ARRIVAL.replace("12.5", ""), "weight_kg", "bad_weight"),
        (ARRIVAL.replace(",3,", ",1.5,"), "units", "bad_units"),
        (ARRIVAL.replace(",3,", ",-1,"), "units", "bad_units"),
        (ARRIVAL.replace("Un don", "a" * 501), "note", "bad_note"),
        (ARRIVAL.replace("Un don", "a\x07"), "note", "bad_note"),
        (ARRIVAL.replace("Un don,", "Un don,guessed"), "method", "unknown_method"),
        (ARRIVAL.replace("Un don,,", "Un don,,nulle part"), "origin", "unknown_origin"),
        (ARRIVAL + "cave", "place", "unknown_place"),
        (DEPARTURE.replace("recycling", "sold"), "fate", "unknown_fate"),
        (DEPARTURE.replace("recycling", ""), "fate", "unknown_fate"),
        (DEPARTURE.replace("recycling", "stock"), "fate", "unknown_fate"),
        (DEPARTURE.replace("gebetex", "nobody"), "partner", "unknown_partner"),
        (DEPARTURE.replace("out,", "out,drop_off"), "mode", "both_sides"),
        (DEPARTURE + ",", "", "cell_count"),
        (ARRIVAL.replace("Un don", 'Un "don'), None, None),
        (ARRIVAL.replace("Un don", '"Un don'), "", "not_csv"),
    ],
)
def test_a_bad_cell_is_said_with_its_line_and_column(take_in, line, column, code):
    if code is None:  # a quotation mark inside a cell is a sign like any other
        assert take_in(csv_of(ARRIVAL, line)).recorded == 2
        return
    assert refusals(take_in, csv_of(ARRIVAL, line)) == [(3, column, code)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", [(1, "date", "column_missing"), (1, "site", "column_missing"),
               (1, "direction", "column_missing"), (1, "weight_kg", "column_missing")]),
        (csv_of(), [(1, "", "no_lines")]),
        (csv_of(header="date,site,direction,poids"),
         [(1, "weight_kg", "column_missing"), (1, "poids", "column_unknown")]),
        (csv_of(header=HEADER + ",date"), [(1, "", "column_twice")]),
        (csv_of(ARRIVAL).replace(b"Un don", b"\xe9t\xe9"), [(2, "", "not_utf8")]),
        (csv_of(ARRIVAL).replace(b"Un don", b"\x00"), [(2, "", "not_text")]),
    ],
    ids=["empty", "header alone", "wrong header", "column twice", "latin-1", "binary"],
)  # fmt: skip
def test_a_file_that_is_no_flows_file_is_refused(take_in, content, expected):
    assert refusals(take_in, content) == expected


def test_every_bad_line_is_said_at_once(take_in):
    content = csv_of(
        ARRIVAL,
        ARRIVAL.replace("canal", "x").replace("TEX.VETE", "y"),
        DEPARTURE.replace("gebetex", "z"),
    )
    assert refusals(take_in, content) == [
        (3, "site", "unknown_site"),
        (3, "category", "unknown_category"),
        (4, "partner", "unknown_partner"),
    ]


def test_a_closed_month_takes_no_line(take_in, world):
    take_in(csv_of(ARRIVAL))
    close_month(site=world.canal, month=202601)
    late = ARRIVAL.replace("2026-01-31", "2026-01-30")
    assert refusals(take_in, csv_of(late)) == [(2, "date", "month_closed")]


def test_missing_names_are_made_when_asked_for(take_in, world):
    content = csv_of(
        "2026-01-31,Chemin Vert,in,drop_off,,,TEX,4,,,,Montreuil,Réserve",
        "2026-01-31,chemin-vert,out,,reuse,Régie de quartier,TEX,1,,,,,réserve",
        "2026-01-31,chemin vert,out,,reuse,regie-de-quartier,TEX,1,,,,,reserve",
    )
    outcome = take_in(content, create=True)
    assert outcome.recorded == 3
    assert outcome.created == (
        "site Chemin Vert", "place Réserve", "origin Montreuil", "partner Régie de quartier",
    )  # fmt: skip
    site = Site.objects.get(code="chemin-vert", organisation=world.navette)
    assert site.tracks_places
    assert Place.objects.get(site=site, is_main=False).code == "reserve"
    assert Shipment.objects.filter(partner__code="regie-de-quartier").count() == 2


def test_modes_and_categories_are_never_made(take_in):
    content = csv_of(ARRIVAL.replace("drop_off", "x"), ARRIVAL.replace("TEX.VETE", "y"))
    assert refusals(take_in, content, create=True) == [
        (2, "mode", "unknown_mode"),
        (3, "category", "unknown_category"),
    ]


def test_a_trial_says_what_it_would_do_and_writes_nothing(take_in):
    content = csv_of(ARRIVAL.replace("canal", "depot"))
    outcome = take_in(content, create=True, dry_run=True)
    assert (outcome.recorded, outcome.created) == (1, ("site depot",))
    assert not Movement.objects.exists()
    assert not Submission.objects.exists()
    assert not Site.objects.filter(code="depot").exists()
    assert take_in(content, create=True).recorded == 1


def test_the_only_structure_is_meant_or_else_the_demo(world):
    assert default_organisation() == world.navette
    world.navette.code = "autre"
    world.navette.save()
    with pytest.raises(ValidationError) as refusal:
        default_organisation()
    assert refusal.value.code == "which_organisation"


@pytest.mark.django_db
def test_one_structure_alone_needs_no_name():
    only = Organisation.objects.create(code="seule", name="Seule")
    assert default_organisation() == only


def run(*arguments):
    out = StringIO()
    call_command("import_flows", *arguments, stdout=out, skip_checks=True)
    return out.getvalue()


def test_the_command_speaks_for_itself(world, tmp_path):
    file = tmp_path / "flows.csv"
    file.write_bytes(csv_of(ARRIVAL.replace("canal", "depot"), DEPARTURE))
    assert "depot" in run(str(file), "--create", "--dry-run")
    assert "2" in run(str(file), "--create", "--organisation", "navette")
    assert "2" in run(str(file))
    assert Movement.objects.count() == 2


def test_the_command_lists_what_is_wrong_and_fails(world, tmp_path):
    file = tmp_path / "flows.csv"
    file.write_bytes(csv_of(ARRIVAL.replace("12.5", "-3"), DEPARTURE.replace("gebetex", "x")))
    with pytest.raises(CommandError) as failure:
        run(str(file))
    sentences = str(failure.value).splitlines()
    assert len(sentences) == 2  # the line that cannot be read comes before any name is looked up
    assert "weight_kg" in sentences[0]
    with pytest.raises(CommandError):
        run(str(tmp_path / "absent.csv"))
    with pytest.raises(CommandError):
        run(str(file), "--organisation", "nobody")
