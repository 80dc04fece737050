"""Tables in every form, at a terminal and in a pipe, whole whatever their length and width."""

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from levytool.cli import output
from levytool.cli.options import OutputFormat
from levytool.cli.tree import tree
from levytool.desk.tracing.trace import Trace
from levytool.problems import LevytoolError, Problem, UsageError
from levytool.rules.matching.reasons import REASONS
from levytool.statements.text_layout import heading, pairs, table, wrapped
from tests.desk.spending import empty_ledger

ROWS = [
    {"number": "INV-000001", "net": "1234.50", "paid": None, "who": ["A", "B"], "ok": True},
    {"number": "CN-000001", "net": "-3.00", "paid": "0.10", "who": [], "ok": False},
]


class Terminal(io.StringIO):
    """A stream that a person watches."""

    def isatty(self) -> bool:
        return True


def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Standard output as a terminal of 80 columns."""
    stream = Terminal()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    return stream


def shown(
    capsys: pytest.CaptureFixture[str], form: OutputFormat | None, rows: Any = ROWS, **options: Any
) -> str:
    capsys.readouterr()
    output.show_rows(rows, form, **options)
    return capsys.readouterr().out


def test_a_pipe_gets_plain_text_with_figures_to_the_right(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert shown(capsys, None).splitlines() == [
        "number          net    paid  who    ok",
        "----------  -------  ------  -----  ----",
        "INV-000001  1234.50          A, B   yes",
        "CN-000001     -3.00    0.10         no",
    ]


def test_markdown_keeps_its_columns(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(capsys, OutputFormat.MARKDOWN, [{"a": "one | two", "b": "x\ny"}])
    assert text.splitlines()[-1] == "| one \\| two | x y |"


def test_csv_keeps_figures_and_disarms_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = shown(
        capsys, OutputFormat.CSV,
        [{"net": "-3.00", "invoice": "=HYPERLINK(1)", "note": 'a "b", c'},
         {"net": "4.00", "invoice": "-SUM(A1)", "note": "@x"}],
    )  # fmt: skip
    assert list(csv.reader(io.StringIO(text))) == [
        ["net", "invoice", "note"],
        ["-3.00", "'=HYPERLINK(1)", 'a "b", c'],
        ["4.00", "'-SUM(A1)", "'@x"],
    ]


def test_json_has_every_key_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(shown(capsys, OutputFormat.JSON, columns=("net",))) == ROWS
    assert shown(capsys, OutputFormat.JSON, []) == "[]\n"


def test_chosen_columns_are_those_of_every_other_form(capsys: pytest.CaptureFixture[str]) -> None:
    for form in (OutputFormat.PLAIN, OutputFormat.MARKDOWN, OutputFormat.CSV, OutputFormat.TABLE):
        text = shown(capsys, form, columns=("net",))
        assert "INV-000001" not in text
        assert "-3.00" in text


@pytest.mark.parametrize("form", [OutputFormat.PLAIN, OutputFormat.MARKDOWN])
def test_rows_that_stream_keep_the_columns_of_the_first(
    form: OutputFormat, capsys: pytest.CaptureFixture[str]
) -> None:
    count = output.ROWS_FOR_WIDTHS + 50
    rows = ({"a_long_heading": str(n), "b": "x" * (n % 3), "c": "é"} for n in range(count))
    lines = shown(capsys, form, rows).splitlines()
    assert len(lines) == count + 2
    ends = {line.rindex("é") for line in lines[2:]}
    assert len(ends) == 1
    assert lines[1].rstrip().count("-") > 10


def test_nothing_in_a_cell_is_obeyed_by_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    for form in (OutputFormat.PLAIN, OutputFormat.TABLE, OutputFormat.MARKDOWN):
        text = shown(capsys, form, [{"a": "x\x1b[31mred\x07\nnext"}])
        assert "\x1b" not in text and "\x07" not in text


def test_a_terminal_gets_a_table_in_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    output.show_rows(ROWS, title="Documents")
    text = terminal.getvalue()
    assert "Documents" in text
    assert "─" in text
    assert "1,234.50" in text
    assert re.search(r"\x1b\[31m *-3\.00\x1b", text)


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    output.show_rows(ROWS)
    assert "\x1b[31m" not in terminal.getvalue()
    monkeypatch.setattr(sys, "stderr", Terminal())
    output.warn("look")
    assert sys.stderr.getvalue() == "warning: look\n"


@pytest.mark.parametrize("columns", ["20", "80", "200"])
def test_no_figure_and_no_code_is_cut_at_any_width(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = at_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", columns)
    row = {f"column_{n}": f"{n}23456789.{n}0" for n in range(1, 9)} | {
        "code": "A-CODE-OF-20-LETTERS"
    }
    output.show_rows([row])
    text = terminal.getvalue()
    for n in range(1, 9):
        assert f"{n}23,456,789.{n}0" in text
        assert f"column {n}" in " ".join(text.split()) or "column" in text
    assert "A-CODE-OF-20-LETTERS" in text


def test_columns_without_a_value_give_way_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = at_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    row = {"code": "A", **{f"nothing_of_{n}": None for n in range(20)}, "net": "1234.50"}
    output.show_rows([row, row])
    text = terminal.getvalue()
    assert "nothing" not in text and "─" in text and text.count("1,234.50") == 2


def test_a_row_too_wide_for_the_terminal_stands_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    figures = {f"figure_{n}": f"{n}234567.00" for n in range(1, 10)}
    output.show_rows([{"code": "A"} | figures, {"code": "B"} | figures], title="Wide")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert [line for line in lines if not line.startswith(" ")] == ["Wide", "A", "B"]
    assert max(len(line.rstrip()) for line in lines) <= 80
    assert "\n".join(lines).count("figure 9 9,234,567.00") == 2


def test_a_narrow_terminal_keeps_what_is_essential_and_what_fits_beside_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = at_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    rows = [
        {"code": f"A{row}"}
        | {"kind": "invoice"}
        | {f"figure_{n}": f"{row}{n}4567.00" for n in range(1, 10)}
        for row in range(1, 4)
    ]
    output.show_rows(rows, essential=("code", "figure_9"), title="Wide")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert [line.split() for line in lines if line.startswith(" A")] == [
        [f"A{row}", *(f"{row}{n}4,567.00" for n in (1, 2, 3, 4, 5, 9))] for row in range(1, 4)
    ]
    assert max(len(line.rstrip()) for line in lines) <= 80
    said = capsys.readouterr().err
    assert "too narrow for kind, figure 6, figure 7, figure 8: widen" in said


def test_what_says_the_same_of_every_row_stands_too_where_there_is_room(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = at_terminal(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    own = {f"figure_{n}": f"{n}234567.00" for n in range(1, 5)}
    rows = [
        {"code": f"A{row}", "due": "2025-06-06", **own, "note": "x" * 30, "net": f"{row}.00"}
        for row in range(1, 4)
    ]
    output.show_rows(rows, essential=("code", "net"))
    heading = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()[1]
    assert heading.replace("figure ", "").split() == ["code", "due", *"1234", "net"]
    assert "too narrow for note: widen" in capsys.readouterr().err


def test_what_is_essential_and_does_not_fit_stands_row_by_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = at_terminal(monkeypatch)
    figures = {f"figure_{n}": f"{n}234567.00" for n in range(1, 10)}
    output.show_rows([{"code": "A"} | figures], essential=list(figures))
    assert "figure 9" in re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())
    assert "─" not in terminal.getvalue()


def test_a_capped_table_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = at_terminal(monkeypatch)
    more = output.ROWS_FOR_WIDTHS + 10
    output.show_rows({"n": n} for n in range(more))
    hidden = more - output.ROWS_ON_SCREEN
    assert f"{hidden:,} more rows: use -O plain, csv or json" in capsys.readouterr().err
    assert str(output.ROWS_ON_SCREEN - 1) in terminal.getvalue()
    assert f" {output.ROWS_ON_SCREEN} " not in terminal.getvalue()


def test_a_file_takes_the_place_of_the_one_before_only_when_whole(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("before")

    def breaks() -> Any:
        yield ROWS[0]
        raise UsageError("there is no more")

    with pytest.raises(UsageError):
        output.show_rows(breaks(), OutputFormat.CSV, path)
    assert path.read_text() == "before"
    output.show_rows(ROWS, OutputFormat.CSV, path)
    assert path.read_text().startswith("number,net")
    assert [item.name for item in tmp_path.iterdir()] == ["rows.csv"]


@pytest.mark.parametrize("place", ["nowhere/rows.csv", "."])
def test_a_file_that_cannot_be_written_is_a_wrong_call(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        output.show_rows(ROWS, OutputFormat.CSV, Path(place))


def test_a_device_is_written_to_and_not_replaced() -> None:
    before = Path(os.devnull).stat().st_ino
    output.show_rows(ROWS, OutputFormat.CSV, Path(os.devnull))
    assert Path(os.devnull).stat().st_ino == before


def test_an_error_is_one_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_error(LevytoolError("it\n  is\twrong"))
    problems = (Problem("a", "first", "do this", "f.csv", 3, "Net", "x"), Problem("b", "second"))
    output.show_error(LevytoolError("nothing was done", problems))
    assert capsys.readouterr().err.splitlines() == [
        "error: it is wrong",
        "error: f.csv:3 [Net]: first ('x'); do this",
        "error: second",
        "nothing was done",
    ]


def levytool(folder: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from levytool.cli.main import run; run()", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=folder,
        env=os.environ | environment,
    )  # fmt: skip


def test_what_is_said_after_a_table_stands_below_it_in_one_pipe(tmp_path: Path) -> None:
    (tmp_path / "levytool.db").write_bytes(empty_ledger())
    both = subprocess.run(
        [sys.executable, "-c", "from levytool.cli.main import run; run()", "check"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=tmp_path, check=True,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )  # fmt: skip
    assert both.stdout.splitlines()[0].startswith("name")
    assert both.stdout.splitlines()[-1] == "the books prove"


@pytest.mark.parametrize("words", [["--help"], ["check"]])
def test_a_reader_that_goes_is_met_quietly(words: list[str], tmp_path: Path) -> None:
    (tmp_path / "levytool.db").write_bytes(empty_ledger())
    process = levytool(tmp_path, *words)
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    assert process.wait(timeout=60) == 0
    assert said in ("", "the books prove\n")


def test_what_is_printed_beside_a_progress_bar_goes_where_it_was_meant_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen, pipe = Terminal(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdout", pipe)
    monkeypatch.setenv("TERM", "xterm")
    with output.progress("proving") as report:
        report(1, 2)
        output.show_rows(ROWS, OutputFormat.JSON)
    assert len(json.loads(pipe.getvalue())) == 2
    assert "INV-000001" not in screen.getvalue()


HOSTILE = "ev\x1b[31mRED\x07\x9b2J\u202etxt"
"""A payer's name out of a bank file that a terminal would obey."""


@pytest.mark.parametrize(
    "printed",
    [
        output.say,
        output.warn,
        output.show_step,
        output.show_line,
        lambda text: output.show_command(text, text),
        lambda text: output.show_error(LevytoolError(text)),
        lambda text: output.show_error(LevytoolError(text, (Problem("not-identified", text),))),
        lambda text: output.confirm(text, yes=False),
        output.ask,
        lambda text: output.show_tree(tree(hostile_trace(text)), None),
        lambda text: output.show_rows([{"name": text}], OutputFormat.PLAIN),
        lambda text: output.show_rows([{"name": text}], OutputFormat.TABLE, title=text),
        lambda text: output.show_rows([{"name": text}], OutputFormat.MARKDOWN),
        lambda text: output.show_text("\n".join(wrapped(text))),
        lambda text: output.show_text("\n".join(heading(text))),
        lambda text: output.show_text("\n".join(pairs([(text, text)]))),
        lambda text: output.show_text("\n".join(table((text, text), [(text, text)]))),
    ],
)
def test_nothing_that_is_printed_for_people_is_obeyed_by_a_terminal(
    printed: Callable[[str], object],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    answers = io.StringIO("n\nn\n")
    monkeypatch.setattr(sys, "stdin", answers)
    monkeypatch.setattr(output, "is_terminal", lambda stream: stream is answers)
    printed(HOSTILE)
    text = "".join(capsys.readouterr())
    assert "RED" in text
    assert all(letter == "\n" or letter.isprintable() for letter in text)


def hostile_trace(text: str) -> Trace:
    """An explanation that says it everywhere, with a line break in it besides."""
    text = f"{text}\nerror: forged"
    step = Trace(text, text, text, facts=((text, text),), see=text, more=2)
    several = Trace("", text, text, facts=((text, text),), because=(step, step), see=text, more=2)
    return Trace(text, text, text, facts=((text, text),), because=(several,), became=(step,))


def test_a_name_does_not_forge_a_line_of_an_explanation(
    capsys: pytest.CaptureFixture[str],
) -> None:
    output.show_tree(tree(hostile_trace("evil")), None)
    text = capsys.readouterr().out
    assert "error: forged" in text
    assert not any(line.startswith("error:") for line in text.splitlines())


@pytest.mark.parametrize("width", [30, 80, 200])
def test_a_question_at_a_terminal_breaks_between_words(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = f"reason ({', '.join(REASONS)}): "
    screen, answers = at_terminal(monkeypatch), io.StringIO("timing\nyes\n")
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(sys, "stdin", answers)
    monkeypatch.setattr(output, "is_terminal", lambda stream: True)
    monkeypatch.setenv("COLUMNS", str(width))
    assert output.ask(question) == "timing"
    asked = screen.getvalue()
    assert asked.split() == question.split() and asked.endswith(f"{REASONS[-1]}): ")
    assert max(map(len, asked.splitlines())) <= width
    screen.write("\n")  # the answer's Enter
    assert output.confirm(question, yes=False)
    assert max(map(len, screen.getvalue().splitlines())) <= width


def test_what_a_review_tells_breaks_between_words_at_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = at_terminal(monkeypatch)
    told = "undeclared: FELLGATE, BELDON, £12,926.64, levy effect £161.5830"
    output.show_step(f"1 of 7  D-PPF5KKCSWY3Q  {told}")
    output.show_line(f"  recorded  {told}  {told}")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert lines[1:3] == [
        "1 of 7  D-PPF5KKCSWY3Q  undeclared: FELLGATE, BELDON, £12,926.64, levy effect",
        "£161.5830",
    ]
    assert len(lines) > 4 and all(line.startswith("  ") for line in lines[3:])
    assert max(map(len, lines)) <= 80


def test_what_is_said_breaks_between_words_and_never_within_a_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = at_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stderr", screen)
    command = 'levytool reconcile decide D-PPF5KKCSWY3Q --match M-000001/2 --note "one job, in two"'
    told = f"undeclared 2: £2,200.00, levy £44.00; of these invoices 1: £2,500.00; {command}"
    output.say(told)
    output.warn(f"{told}; and so on")
    output.show_error(LevytoolError(told))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert lines == [
        "undeclared 2: £2,200.00, levy £44.00; of these invoices 1: £2,500.00;",
        command,
        "warning: undeclared 2: £2,200.00, levy £44.00; of these invoices 1: £2,500.00;",
        f"{command};",
        "and so on",
        "error: undeclared 2: £2,200.00, levy £44.00; of these invoices 1: £2,500.00;",
        command,
    ]


@pytest.mark.parametrize(
    "first",
    [f"/{'folder' * 12}/april.csv:32:", "levytool reconcile decide D-PPF5KKCSWY3Q --undo " * 2],
)
def test_what_begins_with_more_than_a_line_holds_is_a_warning_once(
    first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = at_terminal(monkeypatch)
    monkeypatch.setattr(sys, "stderr", screen)
    output.warn(first.strip())
    output.show_error(LevytoolError(first.strip()))
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert lines == [f"warning: {first.strip()}", f"error: {first.strip()}"]


@pytest.mark.parametrize("width", [79, 80, 90, 100])
def test_a_heading_that_may_wrap_gives_way_before_any_figure(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list of months at 80 columns: rich took the room from columns that have none to give."""
    screen = at_terminal(monkeypatch)
    monkeypatch.setenv("COLUMNS", str(width))
    counts = ("returns", "staged", "missing", "unexplained", "differences", "not_compared")
    row = {"period": "2025-04", "state": "closed"} | dict.fromkeys(counts, 6)
    output.show_rows([row], title="Periods")
    lines = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue()).splitlines()
    assert any(line.split() == ["2025-04", "closed", *"666666"] for line in lines)
