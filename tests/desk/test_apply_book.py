"""A book is put in force once, keeps whom the ledger names, and never alters levy that stands."""

from pathlib import Path

import pytest

from levytool.desk.book.apply_book import apply_book, check_file, plan_book, read_text, show_book
from levytool.desk.book_in_force import book_in_force
from levytool.desk.brokerage.propose_scheme import propose_scheme
from levytool.desk.office import Office
from levytool.desk.spend.import_outcome import ImportOptions
from levytool.desk.spend.import_spend import import_spend
from levytool.ledger.database.opening import create_ledger
from levytool.problems import InputRejected, RuleRefused, UsageError
from tests.book.marked import CONSORTIUM, FRAMEWORK, LEVY, PARTIES, book, framework, whole
from tests.desk.consortium import acting

SPEND = """\
Invoice Date,Invoice,Client,Supplier,Framework,Lot,Net
02/05/2013,A1,SALIX,BROOKS,REGEN,1,100.00
"""
BY_SECTOR = """
[[frameworks.levy]]
from = 2012-04-01
payer = "contractor"
by = ["sector"]
rates = [{ when = ["housing"], rate = "1%" }, { when = ["*"], rate = "2%" }]
"""

LAST_BLOCK = "[[frameworks.levy]]\nfrom = 2015-04-01\npayer = 'member'\nrate = '2%'\n"


@pytest.fixture
def office(tmp_path):
    ledger, _made = create_ledger(str(tmp_path / "books.db"))
    yield Office(ledger, acting("ann"))
    ledger.close()


@pytest.fixture
def file(tmp_path):
    """Writes a book's text to a file."""

    def write(text: str, name: str = "book.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def spend(office, tmp_path, accept=False):
    path = tmp_path / "spend.csv"
    path.write_text(SPEND, encoding="utf-8")
    outcome = import_spend(office, path, ImportOptions(accept=accept))
    assert outcome.status == ("accepted" if accept else "staged"), outcome.problems


def in_force(office):
    with office.reading() as connection:
        return book_in_force(connection)


def test_a_first_book_is_applied_as_it_is_written(office, file):
    text = "# ours\n" + whole()
    planned = apply_book(office, file(text))
    assert {row.change for row in planned.rows} == {"added"}
    assert show_book(office) == text
    assert in_force(office).members.keys() == {"SALIX", "SALFORD"}


def test_the_same_book_twice_is_one_version(office, file):
    path = file(whole())
    assert not apply_book(office, path).in_force
    again = apply_book(office, path)
    assert (again.in_force, again.rows) == (True, ())


def test_a_comment_is_a_new_version_that_changes_nothing(office, file):
    apply_book(office, file(whole()))
    planned = apply_book(office, file("# a word\n" + whole()))
    assert (planned.in_force, planned.rows) == (False, ())
    assert show_book(office).startswith("# a word")


def test_a_dry_run_and_a_plan_store_nothing(office, file):
    trying = Office(office.ledger, office.acting, dry_run=True)
    path = file(whole())
    assert apply_book(trying, path).rows == plan_book(office, path).rows
    with pytest.raises(UsageError, match="no book yet"):
        show_book(office)


def test_a_book_with_errors_is_refused_with_all_of_them(office, file):
    path = file(whole().replace("SALFORD", "salford").replace("1%", "150%"))
    with pytest.raises(InputRejected) as refused:
        apply_book(office, path)
    assert refused.value.problems == check_file(path).errors
    assert [problem.code for problem in refused.value.problems] == ["bad-code", "rate-over-100"]
    assert {problem.file for problem in refused.value.problems} == {str(path)}


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path):
    path = tmp_path / "book.toml"
    path.write_bytes("[consortium]\nname = 'N£'\n".encode("cp1252"))
    with pytest.raises(InputRejected) as refused:
        read_text(path)
    assert [(problem.row, problem.hint) for problem in refused.value.problems] == [
        (2, "save it as UTF-8")
    ]


@pytest.mark.parametrize("accept", [True, False])
def test_levy_that_lines_are_charged_by_is_not_altered(office, file, tmp_path, accept):
    apply_book(office, file(whole()))
    spend(office, tmp_path, accept)
    path = file(whole().replace("1%", "2%"))
    assert len(plan_book(office, path).refusals) == 1
    with pytest.raises(RuleRefused) as refused:
        apply_book(office, path)
    (problem,) = refused.value.problems
    assert "line R-000001/1 of 2013-05-02 is charged by it" in problem.message
    assert ("[[frameworks.levy]]" in problem.hint) == accept
    assert in_force(office).frameworks["REGEN"].levy[0].rate_ppm == 10_000


def test_a_new_dated_block_is_applied_beside_levy_that_stands(office, file, tmp_path):
    apply_book(office, file(whole()))
    spend(office, tmp_path, accept=True)
    later = "[[frameworks.levy]]\nfrom = 2013-05-03\npayer = 'contractor'\nrate = '2%'\n"
    assert apply_book(office, file(whole(later))).refusals == ()
    on_the_day = later.replace("05-03", "05-02")
    with pytest.raises(RuleRefused):
        apply_book(office, file(whole(on_the_day)))


def test_a_member_is_not_moved_to_another_sector_over_its_levy(office, file, tmp_path):
    apply_book(office, file(framework(BY_SECTOR)))
    spend(office, tmp_path, accept=True)
    moved = framework(BY_SECTOR).replace('sector = "housing"', 'sector = "council"')
    with pytest.raises(RuleRefused, match="stays as it is"):
        apply_book(office, file(moved))
    other = framework(BY_SECTOR).replace('sector = "council"', 'sector = "housing"')
    assert apply_book(office, file(other)).refusals == ()


def test_parties_that_lines_name_stay_in_the_book(office, file, tmp_path):
    apply_book(office, file(whole()))
    spend(office, tmp_path)
    planned = apply_book(office, file("# fewer\n" + book(CONSORTIUM)))
    assert [(row.change, row.kind, row.code) for row in planned.rows] == [
        ("kept", "member", "SALIX"),
        ("removed", "member", "SALFORD"),
        ("kept", "contractor", "BROOKS"),
        ("kept", "framework", "REGEN"),
    ]
    kept = in_force(office)
    assert kept.members.keys() == {"SALIX"}
    assert kept.frameworks.keys() == {"REGEN"}
    assert kept.text.startswith("# fewer")
    assert apply_book(office, file("# fewer\n" + book(CONSORTIUM))).in_force


def test_a_member_that_only_a_scheme_names_is_kept(office, file):
    apply_book(office, file(whole()))
    terms = {"title": "Wardens", "budget_pence": 100_000, "places": 1}
    propose_scheme(office, "WARDENS", members=["SALIX", "SALFORD"], **terms)
    others = PARTIES[PARTIES.index("[[contractors]]") :]
    apply_book(office, file(book(CONSORTIUM, others, FRAMEWORK, LEVY)))
    assert in_force(office).members.keys() == {"SALIX", "SALFORD"}


def test_a_code_that_the_ledger_names_is_not_given_to_somebody_else(office, file, tmp_path):
    apply_book(office, file(whole()))
    spend(office, tmp_path)
    taken = "[[members]]\ncode = 'BROOKS'\nname = 'Brooks Homes'\n"
    with pytest.raises(InputRejected) as refused:
        apply_book(office, file(book(CONSORTIUM, taken, FRAMEWORK, LEVY)))
    assert [problem.code for problem in refused.value.problems] == ["duplicate-code"]


def test_retrospective_changes_are_warned_of_where_the_law_says_so(office, file):
    modern = book(CONSORTIUM, PARTIES, FRAMEWORK, LEVY).replace("2012-04-01", "2025-04-01")
    later = Office(office.ledger, acting("ann", today="2025-06-02"))
    apply_book(later, file(modern))
    planned = apply_book(later, file(modern.replace("1%", "2%")))
    assert [warning.code for warning in planned.warnings] == ["procurement-act"]


OWED = """
[frameworks.opportunities]
scope = "framework"
unit_cost = [{ from = 2012-04-01, cost = "2500" }]
"""


def settings_book(consortium="", owed=OWED, of_framework="", more=LEVY):
    return book(CONSORTIUM, consortium, PARTIES, FRAMEWORK, of_framework, owed, more)


@pytest.mark.parametrize(
    ("changed", "setting"),
    [
        (settings_book(of_framework="retained = '10%'"), "REGEN: this alters retained"),
        (
            settings_book(of_framework="retained = [{ from = 2013-05-31, rate = '10%' }]"),
            "retained",
        ),
        (settings_book('vat = [{ from = 2011-01-04, rate = "20%" }]'), "vat"),
        (settings_book('pots_funded_on = "billed"'), "pots_funded_on"),
        (settings_book(owed=OWED.replace("2500", "2600")), "REGEN: this alters unit_cost"),
        (settings_book(owed=OWED.replace('"framework"', '"call-off"')), "scope"),
        (settings_book(owed=OWED + "per_million = 3\n"), "per_million"),
        (settings_book(owed=""), "opportunities"),
    ],
)
def test_a_setting_that_accepted_returns_went_by_is_not_altered(
    office, file, tmp_path, changed, setting
):
    apply_book(office, file(settings_book()))
    assert plan_book(office, file(changed)).refusals == ()
    spend(office, tmp_path, accept=True)
    (problem,) = plan_book(office, file(changed)).refusals
    assert setting in problem.message and "R-000001 of 2013-05" in problem.message
    with pytest.raises(RuleRefused, match="stays as it is"):
        apply_book(office, file(changed))
    assert in_force(office).text == settings_book()


def test_a_setting_with_a_new_dated_entry_is_applied(office, file, tmp_path):
    apply_book(office, file(settings_book()))
    spend(office, tmp_path, accept=True)
    later = settings_book(
        'vat = [{ from = 2013-06-01, rate = "20%" }]\n'
        'pots_funded_on = [{ from = 2013-06-01, on = "billed" }]',
        OWED.replace('" }]', '" }, { from = 2013-06-01, cost = "2600" }]'),
        'retained = [{ from = 2012-04-01, rate = "0%" }, { from = 2013-06-01, rate = "10%" }]',
    )
    assert apply_book(office, file(later)).refusals == ()
    assert len(in_force(office).consortium.vat) == 2


def test_a_quarters_return_holds_the_settings_of_all_its_months(office, file, tmp_path):
    quarterly = "returns = 'quarterly'\n"
    apply_book(office, file(settings_book(of_framework=quarterly)))
    spend(office, tmp_path, accept=True)
    early = "retained = [{ from = 2013-04-01, rate = '10%' }, { from = 2013-05-01, rate = '0%' }]"
    assert len(plan_book(office, file(settings_book(of_framework=quarterly + early))).refusals) == 1
    before = early.replace("2013-05", "2013-04").replace("2013-04-01", "2013-03-01", 1)
    assert plan_book(office, file(settings_book(of_framework=quarterly + before))).refusals == ()


def test_a_name_that_is_dropped_is_warned_of_unless_it_stays_an_alias(office, file):
    apply_book(office, file(whole()))
    renamed = whole().replace('"Salix Homes"', '"Salix Living"')
    (warning,) = plan_book(office, file(renamed)).warnings
    assert (warning.code, "'Salix Homes'" in warning.message) == ("name-dropped", True)
    kept = renamed.replace('Living"', 'Living"\naliases = ["Salix Homes"]')
    assert plan_book(office, file(kept)).warnings == ()
    assert plan_book(office, file(whole().replace("Salix Homes", "Salix Homes Ltd"))).warnings == ()


def test_postgresql_finds_the_lines_that_are_charged_too(postgres_ledger, file, tmp_path):
    ledger, _made = create_ledger(postgres_ledger)
    office = Office(ledger, acting("ann"))
    apply_book(office, file(whole(LAST_BLOCK)))
    spend(office, tmp_path, accept=True)
    with pytest.raises(RuleRefused, match="stays as it is"):
        apply_book(office, file(whole(LAST_BLOCK).replace("1%", "2%")))
    assert apply_book(office, file(whole())).refusals == ()
    assert apply_book(office, file(book(CONSORTIUM))).rows[0].change == "kept"
    ledger.close()
