"""The review as a screen, by its keys: each decision is kept at once, and taken back by one key."""

import asyncio
import builtins
import dataclasses
import re
from pathlib import Path

import pytest

pytest.importorskip("textual", reason="the extra tui is not installed")

from levytool.cli import output
from levytool.cli.main import run_with
from levytool.cli.review_screen import ReviewScreen
from levytool.desk.office import Office
from levytool.desk.reconcile.decisions import list_decisions
from levytool.desk.reconcile.sitting import begin_sitting
from levytool.ledger.database.opening import open_ledger
from levytool.periods import parse_period
from tests.desk.consortium import acting
from tests.desk.reconciling import reconcile, record
from tests.desk.spending import Spending, book_of

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "sample_data"
SMALL, LARGE = (80, 24), (120, 40)


@pytest.fixture
def books(tmp_path):
    """BROOKS declares A1 and A2, SALIX has A1 dearer and B9 that nobody declared."""
    made = Spending(tmp_path)
    made.accepted({}, {"Invoice": "A2", "Net": "40.00"})
    record(made, {"Net": "103.00"}, {"Invoice": "B9", "Net": "44.00", "Description": "[red]\x1b"})
    yield made
    made.prove()
    made.ledger.close()


def seen(screen):
    """What stands on the screen, line by line."""
    strips = screen.screen._compositor.render_strips()
    return ["".join(segment.text for segment in strip).rstrip() for strip in strips]


def at_screen(office_now, *steps, size=SMALL, period="2014-03"):
    """Press these keys; what the screen shows at first and after each step."""

    async def sit():
        screen = ReviewScreen(office_now, begin_sitting(office_now(), parse_period(period)))
        shown = []
        async with screen.run_test(size=size) as pilot:
            await pilot.pause()
            for _ in range(500):  # the keys at the foot are drawn after the rest, by a busy machine
                if seen(screen)[-1]:
                    break
                await pilot.pause(0.01)
            shown.append(seen(screen))
            for keys in steps:
                await pilot.press(*keys.split())
                await pilot.pause()
                shown.append(seen(screen))
        return shown

    return asyncio.run(sit())


def reasons(shown):
    """The reasons in the table's rows, from the top down."""
    rows = shown[2 : next(at for at, line in enumerate(shown) if line.startswith("───"))]
    return [re.split(r"\s{2,}", row[4:])[0] for row in rows if row]


def statuses(books):
    """What is decided about each difference, by reason."""
    return {row["reason"]: row["status"] for row in reconcile(books)["differences"]}


def test_each_key_is_one_decision_of_its_own_time(books):
    days = iter(f"2014-04-{day:02}" for day in range(10, 40))
    first, accepted, rejected, skipped = at_screen(
        lambda: Office(books.ledger, acting(today=next(days))), "a", "r", "s"
    )
    assert reasons(first) == ["undeclared", "over-declared", "amount"]
    assert "3 open, 0 decided  levy at risk £0.44 of £0.44, levy effect £0.07" in first[0]
    assert reasons(accepted) == ["over-declared", "amount"]
    assert "2 open, 1 decided  levy at risk £0.00 of £0.44, levy effect -£0.37" in accepted[0]
    assert reasons(rejected) == ["over-declared", "amount"]
    assert rejected[2].startswith(" r  over-declared")
    assert " amount  SALIX  BROOKS" in "\n".join(rejected[10:]) and skipped == rejected
    made = list_decisions(books.office())
    assert [(row["decision"], row["decided_by"]) for row in made] == [
        ("accept", "ann"),
        ("reject", "ann"),
    ]
    assert made[0]["decided_at"] < made[1]["decided_at"]
    assert statuses(books) == {
        "undeclared": "accepted",
        "over-declared": "rejected",
        "amount": "open",
    }


def test_in_a_dry_run_each_key_does_the_same_and_nothing_is_stored(books):
    keys = ("m", "space", "enter", "a", "u", "u", "r", "u", "a")
    trying = dataclasses.replace(books.office(), dry_run=True)
    tried = at_screen(lambda: trying, *keys)
    assert list_decisions(books.office()) == []
    really = at_screen(books.office, *keys)
    said = [[line.replace("tried, in a dry run", "kept") for line in shown] for shown in tried]
    assert said == really != tried
    # What was joined without a word why waits for one beside the other.
    assert reasons(tried[3]) == ["amount"] * 2 and reasons(tried[4]) == ["amount"]


def test_lines_of_the_other_side_are_picked_and_come_apart_again(books):
    _, asked, picked, joined, undone = at_screen(books.office, "m", "space", "enter", "u")
    assert any(
        "[ ] declared  2014-03-05  A2  £40.00  SALIX  BROOKS  R-000001/2" in line for line in asked
    )
    assert any("1 picked, £4.00 left" in line for line in picked)
    assert reasons(joined) == ["amount"] * 2 and "levy at risk £0.00" in joined[0]
    assert reasons(undone) == ["undeclared", "over-declared", "amount"]
    assert "levy at risk £0.44" in undone[0]
    assert [row["decision"] for row in list_decisions(books.office())] == ["match", "undo"]
    assert set(statuses(books).values()) == {"open"}


def test_a_line_of_another_member_or_contractor_is_told_before_it_is_joined(tmp_path):
    books = Spending(tmp_path)
    books.accepted({"Invoice": "P7", "Net": "5.00"})
    record(books, {"Invoice": "L2", "Net": "22.00", "Member": "ALDER", "Contractor": "BEECH"})
    _, asked, picked = at_screen(books.office, "m", "space", size=LARGE)
    told = "1 picked, £17.00 left, of another member, of another contractor"
    assert not any("of another" in line for line in asked)
    assert any(told in line for line in picked)


def test_picking_nothing_decides_nothing(books):
    before = books.dump()
    at_screen(books.office, "m escape", "m enter", "n escape", "n enter", "w escape", "u", "q")
    assert books.dump() == before


def test_a_note_and_a_reason_stay_with_what_is_decided(books):
    *_, noted, _, _ = at_screen(books.office, "n n o t space o u r s enter", "w down enter", "a")
    assert any("noted by ann, 2014-04-10: not ours" in line for line in noted)
    row = next(r for r in reconcile(books)["differences"] if r["reason"] == "undeclared")
    assert (row["status"], row["note"], row["decided_reason"]) == (
        "accepted",
        "not ours",
        "over-declared",
    )


def test_a_note_alone_decides_nothing(books):
    """As at the prompt: what has a note, or a reason, is open still."""
    first, noted, accepted = at_screen(books.office, "n x enter", "a")
    assert "3 open, 0 decided" in first[0]
    assert "3 open, 0 decided" in noted[0]
    assert "2 open, 1 decided" in accepted[0]


@pytest.mark.parametrize("asking", ["n", "w", "m"])
@pytest.mark.parametrize("ahead", ["enter enter", "escape escape", "a r enter s slash enter q"])
def test_keys_typed_ahead_of_a_question_are_no_decisions_and_break_nothing(books, asking, ahead):
    from textual.events import Key

    before = books.dump()

    async def sit():
        screen = ReviewScreen(books.office, begin_sitting(books.office(), parse_period("2014-03")))
        async with screen.run_test(size=SMALL) as pilot:
            await pilot.pause()
            for key in (asking, *ahead.split()):  # as a slow line brings them: all at once
                screen.post_message(Key(key, "/" if key == "slash" else key[:1]))
            for _ in range(20):
                await pilot.pause(0.01)
            if not screen.is_running:
                return screen.return_value
            await pilot.press("escape", "escape", "q")
            await pilot.pause()
        return screen.return_value

    assert asyncio.run(sit()) is None
    assert [row for row in list_decisions(books.office()) if row["decision"] != "note"] == []
    assert asking == "w" or books.dump() == before


def test_what_is_asked_is_about_the_row_that_was_chosen(books):
    at_screen(books.office, "down n x enter", "down w enter")
    rows = {row["reason"]: row for row in reconcile(books)["differences"]}
    assert rows["over-declared"]["note"] == "x" and rows["undeclared"]["note"] == ""
    assert rows["amount"]["decided_reason"] == "undeclared"


def test_undo_leaves_what_somebody_else_decided_before(books):
    at_screen(lambda: books.office("tom"), "n w h y enter", "r")
    *_, undone = at_screen(books.office, "a", "u")
    assert any("rejected by ann, 2014-04-10: why" in line for line in undone)
    assert statuses(books)["undeclared"] == "rejected"


def test_a_filter_narrows_the_table_and_says_what_it_hides(books):
    _, narrowed, decided, wide = at_screen(books.office, "slash a 1", "enter a", "escape")
    assert reasons(narrowed) == ["amount"]
    assert any("2 more are not shown" in line for line in narrowed)
    assert reasons(decided) == [] and any("nothing fits the filter" in line for line in decided)
    assert reasons(wide) == ["undeclared", "over-declared"]


def test_a_suggestion_says_what_suggests_it_and_is_joined_by_a_key(tmp_path):
    books = Spending(tmp_path)
    books.accepted({"Invoice": "JOB-1"}, {"Invoice": "JOB-2"})
    record(books, {"Invoice": "X1"}, {"Invoice": "X2"})
    suggested = reconcile(books)["suggestions"]
    first, chosen, asked, joined, undone = at_screen(
        books.office, "down down down down", "a", "down space enter", "u"
    )
    assert reasons(first)[4:] == ["suggestion"] * len(suggested)
    assert any(f"may belong to {suggested[0]['id']}: amount" in line for line in first)
    assert any("suggested: amount and date, more than one fits" in line for line in chosen)
    assert sum("[ ] recorded" in line for line in asked) == 2
    assert reasons(joined) == [] and "levy at risk £0.00" in joined[0]
    assert reasons(undone) == reasons(first)
    books.ledger.close()


def test_a_refusal_is_a_line_on_the_screen(books, monkeypatch):
    office = books.office()

    async def sit():
        screen = ReviewScreen(lambda: office, begin_sitting(office, parse_period("2014-03")))
        async with screen.run_test(size=SMALL) as pilot:
            await pilot.pause()
            screen._decide("match", "", ("D-NOTHING",))
            await pilot.pause()
            shown = seen(screen)
            monkeypatch.setattr("levytool.cli.review_screen.decide_in", _gone)
            await pilot.press("a")
        return shown, screen.return_value

    shown, failure = asyncio.run(sit())
    assert any("error: there is no difference 'D-NOTHING'" in line for line in shown)
    assert isinstance(failure, OSError)


def _gone(*_words):
    raise OSError("the disk is gone")


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_the_keys_the_totals_and_both_sides_have_their_place(books, size):
    (first,) = at_screen(books.office, size=size)
    assert len(first) == size[1] and max(map(len, first)) <= size[0]
    keys = " a Accept  r Reject  m Match  w Why  n Note  s Skip  u Undo  / Filter  q Quit"
    assert first[-1] == keys
    assert any("B9  £44.00  M-000001/2  file-2.csv row 3" in line for line in first)
    assert any("[red]" in line for line in first) and "\x1b" not in "".join(first)


def test_the_longest_codes_leave_room_for_the_amounts(tmp_path):
    member, contractor = "ABCDEFGHIJKLMNOPQRST", "TSRQPONMLKJIHGFEDCBA"
    book = book_of().replace("SALIX", member).replace("BROOKS", contractor)
    books = Spending(tmp_path, book)
    record(books, {"Member": member, "Contractor": contractor, "Net": "1234567.00"})
    (narrow,), (wide,) = at_screen(books.office), at_screen(books.office, size=LARGE)
    row = next(line.split() for line in narrow if "undeclared" in line)
    cut = ["ABCDEFGHIJ…", "TSRQPONMLK…"]
    assert row == ["undeclared", *cut, "£1,234,567.00", "£12,345.6700", "36"]
    assert "levy effect £12,345.67" in " ".join(narrow[0:2]).replace("  ", " ")
    row = next(line.split() for line in wide if "undeclared" in line)
    assert row[1:3] == [member, contractor]
    books.ledger.close()


def test_what_is_decided_is_in_the_books_while_the_screen_is_open(books):
    async def sit():
        screen = ReviewScreen(books.office, begin_sitting(books.office(), parse_period("2014-03")))
        async with screen.run_test(size=SMALL) as pilot:
            await pilot.press("a")
            other = open_ledger(str(books.path))
            kept = list_decisions(Office(other, acting("tom")))
            other.close()
        return kept

    assert [(row["decision"], row["decided_by"]) for row in asyncio.run(sit())] == [
        ("accept", "ann")
    ]


def test_no_color_draws_in_the_terminals_own_two(books, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")

    async def sit():
        screen = ReviewScreen(books.office, begin_sitting(books.office(), parse_period("2014-03")))
        async with screen.run_test(size=SMALL) as pilot:
            await pilot.pause()
            drawn = screen.screen._compositor.render_strips()
            for colours in (each for each in screen._filters if each.enabled):
                drawn = [
                    strip.apply_filter(colours, screen.background_colors[1]) for strip in drawn
                ]
            return [(part.text, part.style) for strip in drawn for part in strip if part.style]

    drawn = asyncio.run(sit())
    assert all(style.color.is_default and style.bgcolor.is_default for _, style in drawn)
    assert " undeclared    " in {text for text, style in drawn if style.reverse}


def test_the_page_shows_april_as_it_opens(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_USER", "ada")
    monkeypatch.setenv("LEVYTOOL_TODAY", "2025-05-09")
    commands = [["init"], ["book", "apply", str(SAMPLE / "book.toml"), "--yes"]]
    for path in sorted((SAMPLE / "returns" / "2025-04").iterdir()):
        layout = [] if path.stem == "framework-office" else ["--layout", path.stem]
        commands.append(["spend", "import", str(path), *layout, "--accept"])
    ledger = str(SAMPLE / "ledgers" / "2025-04.csv")
    commands.append(["spend", "import", ledger, "--as", "member-ledger"])
    for words in commands:
        assert run_with(words) == 0, capsys.readouterr().err
    ledger = open_ledger("levytool.db")
    (first,) = at_screen(
        lambda: Office(ledger, acting("ada", "2025-05-09")), size=SMALL, period="2025-04"
    )
    ledger.close()
    page = (ROOT / "docs" / "reconciling.md").read_text(encoding="utf-8")
    shown = "\n".join(line for line in first if line)
    assert f"```text\n{shown}\n```" in page, shown


def test_without_the_extra_the_command_says_what_to_install(shell, monkeypatch):
    really = builtins.__import__

    def missing(name, *words, **more):
        if name.split(".")[0] == "textual" or name == "levytool.cli.review_screen":
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return really(name, *words, **more)

    monkeypatch.setattr(output, "is_terminal", lambda stream: True)
    monkeypatch.setattr(builtins, "__import__", missing)
    ran = shell.run("reconcile", "review", "--period", "2014-03", "--screen")
    assert ran.code == 2
    assert "pip install 'levytool[tui]'" in ran.err


def test_without_a_terminal_the_screen_points_to_the_list(shell):
    ran = shell.run("reconcile", "review", "--period", "2014-03", "--screen")
    assert ran.code == 2 and "decide --from" in ran.err
