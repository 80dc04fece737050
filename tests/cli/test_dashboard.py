"""The consortium at a glance: its figures are the commands', and the page asks for nothing."""

import html
import http.client
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from levytool.cli import serving
from levytool.cli.main import run_with
from levytool.desk.bank.identify_line import LineKind, Said, identify_line
from levytool.desk.brokerage.commit_to_scheme import commit_to_scheme
from levytool.desk.brokerage.propose_scheme import approve_scheme, propose_scheme
from levytool.desk.brokerage.release_surplus import release_surplus
from levytool.desk.month_end.dashboard import dashboard
from levytool.ledger.database.opening import open_to_read
from levytool.ledger.database.transactions import only_read_from_here
from levytool.periods import Month
from levytool.problems import InputRejected, LevytoolError, UsageError
from levytool.statements.colour import contrast
from levytool.statements.render_dashboard import render_dashboard
from tests.browser import DESK, PHONE, colour_of, look_at, measured
from tests.desk.consortium import Books, book_text
from tests.desk.reconciling import record
from tests.desk.recruiting import recruit
from tests.desk.spending import Spending
from tests.statements.test_member_statement import STORY_BOOK, story

TODAY = "2014-04-10"
APPOINTED = "contractors = [{ code = 'BROOKS', from = 2014-02-01 }]"
AWKWARD = "=cmd <b>& Sons</b>"
LEVYTOOL = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "from levytool.cli.main import run; run()"
)
"""Interruptible even where the tests run in the background, which ignores Ctrl-C."""


class Page(HTMLParser):
    """A page's tags, the words of its table rows, and its tiles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.feed(page)
        self.ids = [attrs["id"] for _, attrs in self.tags if attrs.get("id")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data.strip()


def tiles(page: str) -> dict[str, str]:
    """The figures at the head, by what they are called."""
    found = re.findall(r"<dt>(.*?)</dt><dd><a href=\"#[a-z]+\">(.*?)</a>", page)
    return {html.unescape(label): html.unescape(figure) for label, figure in found}


def commands(page: str) -> list[str]:
    """Every command that the page names as an explanation."""
    plain = " ".join(re.sub(r"</?span[^>]*>", " ", page).split())
    named = re.findall(r"levytool ([a-z][^<·;(),]*)", html.unescape(plain))
    return sorted({" ".join(words.split()) for words in named} - {"."})


@pytest.fixture
def books(tmp_path):
    """SALIX has spent and its ledger has more; BROOKS owes February's return; money came in."""
    made = Books(tmp_path, book_text(framework=APPOINTED).replace("'Salix Homes'", f'"{AWKWARD}"'))
    made.spend(("2014-03-31", "SALIX", "601000.00"))
    made.bank("7.00", "who is it", "2014-03-31")
    release_surplus(made.office(), Month(2014, 3))
    yield made
    made.prove()
    made.ledger.close()


def page_of(books, today=TODAY) -> str:
    return render_dashboard(dashboard(books.office(today=today)))


def test_the_tiles_say_what_an_officer_looks_for_first(books):
    assert tiles(page_of(books)) == {
        "Levy billed this year": "£0.00",
        "Levy received this year": "£0.00",
        "Returns overdue": "1",
        "Members’ pots": "£3,510.00",
        "Opportunities delivered": "0 of 1 due",
        "Keeps 2014-02 open": "1",
    }
    assert tiles(page_of(books, "2014-03-31"))["Levy billed this year"] == "£6,010.00"


def test_each_figure_is_in_a_table_and_each_member_has_a_row(books):
    page = page_of(books)
    assert "£6,010.00" in page and "£601,000.00" in page
    names = [row[0].partition("levytool")[0] for row in Page(page).rows if row]
    assert {"Alder Homes", "Birch Homes", AWKWARD, "All members"} <= set(names)
    assert "BROOKS has sent no return for REGEN, 2014-02" in page


def test_every_command_on_the_page_can_be_given(books, monkeypatch, capsys):
    """Four and five are answers too: a month stays open, differences were found."""
    monkeypatch.setenv("LEVYTOOL_TODAY", TODAY)
    found = [
        words
        for words in commands(page_of(books))
        if not words.startswith(("return nil", "return excuse"))
    ]
    assert len(found) >= 15
    for words in found:
        code = run_with(["--ledger", books.ledger.place, *shlex.split(words)])
        assert code in (0, 4, 5), (words, capsys.readouterr().err)


def test_the_command_beside_a_figure_shows_it(books, monkeypatch, capsys):
    """An amount in a row by the row's own command, any other by one of the panel's."""
    monkeypatch.setenv("LEVYTOOL_TODAY", TODAY)
    books.spend(("2014-04-02", "ALDER", "1200000.00"), today=TODAY)
    _fund(books, "NEXT", "SALIX", 120_000)

    def shown(words: str) -> str:
        code = run_with(["--ledger", books.ledger.place, *shlex.split(words)])
        assert code in (0, 4, 5), words
        return capsys.readouterr().out.replace("£", "").replace(",", "")

    page = page_of(books)
    told = 0
    for section in re.findall(r"<section.*?</section>", page, re.DOTALL):
        of_panel = "".join(shown(words) for words in commands(section.partition("</p>")[0]))
        for row in re.findall(r"<tr.*?</tr>", section, re.DOTALL):
            own = commands(re.sub(r"</t[dh]>", " <", row))
            where = "".join(map(shown, own)) if own and "£" in row else of_panel
            for amount in re.findall(r"£([\d,]+\.\d\d)", row):
                assert amount.replace(",", "") in where, (amount, row)
                told += amount != "0.00"
    assert told >= 15
    for figure, words in re.findall(r'<dd><a href="#[a-z]+">(.*?)</a>(.*?)</dd>', page):
        (command,) = commands(words)
        if not command.startswith(("return", "period")):
            for number in re.findall(r"\d[\d,.]*", figure):
                assert number.replace(",", "") in shown(command), (figure, command)


def _fund(books, scheme, member, pence):
    propose_scheme(
        books.office(), scheme, members=[member], title=scheme, budget_pence=200_000, places=2
    )
    approve_scheme(books.office("bob"), scheme)
    commit_to_scheme(books.office(), scheme, member, pence)


def test_the_page_stands_alone_and_is_sound_for_who_does_not_see_it(books):
    page = page_of(books)
    told = Page(page)
    assert not {tag for tag, _ in told.tags} & {"script", "iframe", "object", "form"}
    assert not re.search(r"https?:|@import|url\(|\son[a-z]+=| style=", page.replace(SVG, ""))
    assert len(told.ids) == len(set(told.ids))
    links = [attrs["href"] for tag, attrs in told.tags if tag == "a"]
    assert len(links) == 6 and all((href or "")[1:] in told.ids for href in links)
    named = [a for _, attrs in told.tags for a in (attrs.get("aria-labelledby") or "").split()]
    assert set(named) <= set(told.ids)
    levels = [int(tag[1]) for tag, _ in told.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
    tables = [tag for tag, _ in told.tags if tag == "table"]
    assert len(tables) == len([tag for tag, _ in told.tags if tag == "caption"])


SVG = 'xmlns="http://www.w3.org/2000/svg"'


def test_no_name_is_markup(books):
    page = page_of(books)
    assert "<b>&" not in page and html.escape(AWKWARD) in page


def test_the_same_books_give_the_same_page(books):
    again = Books(books.folder)
    assert page_of(again) == page_of(books)
    again.ledger.close()


def test_spend_differences_count_among_what_keeps_a_month_open(tmp_path):
    books = Spending(tmp_path)
    books.accepted({})
    record(books, *({"Invoice": f"B{n}", "Net": f"{n}.00"} for n in range(300, 330)))
    page = page_of(books)
    assert tiles(page)["Keeps 2014-03 open"] == "31"
    assert "6 more: levytool period close 2014-03 --dry-run" in page


def test_books_in_which_nothing_happened_have_a_page(tmp_path):
    page = page_of(Books(tmp_path))
    assert tiles(page)["Months open"] == "0"
    assert "No month with anything in it is open." in page
    assert "There is no scheme yet." in page


def test_schemes_tell_the_places_that_are_filled(tmp_path):
    books = story(Books(tmp_path, STORY_BOOK))
    recruit(books)
    (row,) = re.findall(r"<tr[^>]*>(?:(?!</tr>).)*scheme show WORK.*?</tr>", page_of(books))
    assert re.search(r'data-label="Places"><span>4<.*data-label="Filled"><span>4<', row)


def test_a_month_that_has_not_ended_says_when_it_can_be_closed(tmp_path):
    books = Spending(tmp_path)
    books.accepted({})
    assert "2014-03 has not ended; it can be closed from 2014-04-01 on." in page_of(
        books, "2014-03-20"
    )


def test_the_command_writes_the_page(books, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LEVYTOOL_TODAY", TODAY)
    into = tmp_path / "glance.html"
    assert run_with(["--ledger", books.ledger.place, "dashboard", "-o", str(into)]) == 0
    assert into.read_text(encoding="utf-8") == page_of(books)
    assert capsys.readouterr() == ("", f"{into} is written\n")
    assert run_with(["--ledger", books.ledger.place, "dashboard"]) == 0
    assert capsys.readouterr().err == ""
    words = ["--ledger", books.ledger.place, "dashboard", "--serve", "-o", str(into)]
    assert run_with(words) == 2 and "one of the two" in capsys.readouterr().err


@contextmanager
def served(books) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """The dashboard on a port that is free, and the process that shows it."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", LEVYTOOL, "--ledger", books.ledger.place),
            *("dashboard", "--serve", "--port", "0"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"LEVYTOOL_TODAY": TODAY, "LEVYTOOL_USER": "ann"},
    )
    assert process.stderr is not None
    try:
        said = process.stderr.readline()
        where = re.search(r"http://127\.0\.0\.1:(\d+)/$", said.strip())
        assert where is not None, said + process.stderr.read()
        yield int(where[1]), process
    finally:
        process.kill()
        process.communicate()


def ask(port: int, method: str = "GET", path: str = "/", **headers: str):
    """What the server answers: status, headers, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    host = {"Host": f"127.0.0.1:{port}"} | headers
    connection.putrequest(method, path, skip_host=True)
    for name, value in host.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, body


def test_it_is_shown_live_and_read_only_until_ctrl_c(books):
    with served(books) as (port, process):
        status, headers, page = ask(port)
        assert (status, headers.get_content_type()) == (200, "text/html")
        assert page == page_of(books)
        policy = headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy and "http" not in policy
        assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == (
            "nosniff",
            "no-store",
        )
        assert ask(port, "HEAD")[2] == ""
        books.spend(("2014-04-02", "ALDER", "50000.00"))
        assert tiles(ask(port)[2])["Levy billed this year"] == "£500.00"
        process.send_signal(signal.SIGINT)
        # not communicate(): it passes over what the first readline has already fetched
        assert process.wait(timeout=60) == 130
        assert process.stdout.read() == ""
        assert process.stderr.read() == (
            "Ctrl-C ends it\nerror: interrupted; what was under way was not stored\n"
        )


def test_a_page_is_made_once_as_long_as_books_and_day_are_the_same(books, monkeypatch):
    monkeypatch.setenv("LEVYTOOL_TODAY", TODAY)
    made = []

    def counted(office):
        made.append(office.acting.today)
        return dashboard(office)

    monkeypatch.setattr(serving, "dashboard", counted)
    ledger = open_to_read(books.ledger.place)
    kept = serving.KeptPage(ledger)
    assert kept.of_now() == kept.of_now() == page_of(books)
    assert len(made) == 1
    line = books.bank("9.00", "who else", "2014-04-09")
    assert kept.of_now() == kept.of_now() == page_of(books)
    assert len(made) == 2
    with pytest.raises(LevytoolError):
        identify_line(books.office(), line, Said(LineKind.MATCH_FUNDING, "A FUND", "NONE"))
    kept.of_now()
    assert len(made) == 2
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-04-11")
    assert kept.of_now() == page_of(books, "2014-04-11")
    assert len(made) == 3
    ledger.close()


def test_it_answers_to_its_own_name_only(books):
    with served(books) as (port, _process):
        assert ask(port, Host=f"localhost:{port}")[0] == 200
        for host in (f"levy.example:{port}", "127.0.0.1", f"127.0.0.1:{port + 1}", ""):
            status, headers, body = ask(port, Host=host)
            assert (status, headers.get_content_type()) == (421, "text/plain")
            assert "£" not in body
        assert ask(port, path="/books.db")[0] == 404
        assert ask(port, "POST")[0] == ask(port, "DELETE")[0] == 501
        with socket.create_connection(("127.0.0.1", port), timeout=60) as bare:
            bare.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert bare.recv(64).startswith(b"HTTP/1.0 421")


def test_books_that_make_no_sense_are_said_in_a_line(books):
    with served(books) as (port, process):
        with books.ledger.writing() as connection:
            connection.execute(text("ALTER TABLE act RENAME TO acted"))
        status, headers, body = ask(port)
        with books.ledger.writing() as connection:
            connection.execute(text("ALTER TABLE acted RENAME TO act"))
        assert (status, headers.get_content_type()) == (500, "text/plain")
        assert body == "the page could not be made\n"
        assert ask(port)[0] == 200
        process.send_signal(signal.SIGINT)
        _out, err = process.communicate(timeout=60)
    assert "no such table: act" in err and "Traceback" not in err


def test_it_listens_on_this_machine_alone(books):
    with served(books) as (port, _process):
        others = {
            info[4][0] for info in socket.getaddrinfo(socket.gethostname(), port, socket.AF_INET)
        }
        for address in others - {"127.0.0.1"}:
            with pytest.raises(OSError), socket.create_connection((address, port), timeout=2):
                pass


def test_a_port_that_is_taken_is_said(books, capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        words = ["--ledger", books.ledger.place, "dashboard", "--serve", "--port", port]
        assert run_with(words) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: nothing can be shown on port {port}") and "--port" in told


def test_no_ledger_is_made_or_mended_to_be_read(tmp_path):
    with pytest.raises(UsageError, match="there is no ledger"):
        open_to_read(str(tmp_path / "none.db"))
    other = tmp_path / "other.db"
    other.write_bytes(b"")
    with pytest.raises(InputRejected, match="is not a ledger"):
        open_to_read(str(other))
    assert other.read_bytes() == b""


def test_a_ledger_is_opened_to_read_whatever_its_folder_is_called(books):
    folder = books.folder / "a b#c?d%41é"
    folder.mkdir()
    place = folder / "my books.db"
    books.ledger.close()  # so that all of it is in the one file
    place.write_bytes((books.folder / "books.db").read_bytes())
    ledger = open_to_read(str(place))
    with ledger.reading() as connection:
        assert connection.scalar(text("SELECT COUNT(*) FROM journal_entry")) == books.entries()
    ledger.close()


def test_sqlite_itself_refuses_to_write_what_is_opened_to_read(books):
    ledger = open_to_read(books.ledger.place)
    with ledger.reading() as connection, pytest.raises(DBAPIError, match="readonly database"):
        connection.execute(text("INSERT INTO act (id) VALUES (99)"))
    ledger.close()


def test_postgresql_shows_the_same_page_and_refuses_to_write(tmp_path, postgres_ledger):
    told = []
    for name, place in (("here", ""), ("there", postgres_ledger)):
        (tmp_path / name).mkdir()
        books = Books(tmp_path / name, book_text(framework=APPOINTED), place)
        books.spend(("2014-03-31", "SALIX", "1000.00"), ("2014-03-31", "ALDER", "600000.00"))
        told.append(page_of(books))
        books.ledger.close()
    assert told[0] == told[1]
    ledger = open_to_read(postgres_ledger)
    with ledger.reading() as connection:
        only_read_from_here(connection)
        with pytest.raises(DBAPIError, match="read-only transaction"):
            connection.execute(text("INSERT INTO act (id) VALUES (99)"))
    ledger.close()


def test_in_a_browser_the_page_asks_for_nothing(books, tmp_path):
    page = tmp_path / "glance.html"
    page.write_text(page_of(books), encoding="utf-8")
    seen = look_at(page.as_uri(), tmp_path)
    assert "Levy at a glance" in seen.page and (seen.asked, seen.complaints) == ([], [])
    greedy = tmp_path / "greedy.html"
    greedy.write_text("<!doctype html><img src='http://127.0.0.2:9/x.png'>", encoding="utf-8")
    assert look_at(greedy.as_uri(), tmp_path).asked == ["http://127.0.0.2:9/x.png"]


def test_in_a_browser_the_live_page_keeps_its_own_policy(books, tmp_path):
    with served(books) as (port, _process):
        seen = look_at(f"http://127.0.0.1:{port}/", tmp_path)
    assert "Levy at a glance" in seen.page and (seen.asked, seen.complaints) == ([], [])


@pytest.mark.parametrize("width", [PHONE, DESK])
def test_nothing_sticks_out_on_a_phone_or_a_desk(books, width, tmp_path):
    seen = measured(page_of(books), width, tmp_path)
    assert (seen["inner"], seen["scroll"], seen["over"]) == (width, width, [])
    assert (seen["requests"], seen["unnamed"], seen["cut"]) == ([], 0, [])


@pytest.mark.parametrize("options", [[], ["--force-dark-mode"]])
def test_every_word_can_be_read_on_its_paper(books, options, tmp_path):
    pairs = measured(page_of(books), DESK, tmp_path, *options)["pairs"]
    assert len(pairs) > 4
    for pair in pairs:
        ink, paper = map(colour_of, pair.split("|"))
        assert contrast(ink, paper) >= 4.5, pair
