"""Explanations looked at: their steps, and every reference that leads from the books."""

from collections import deque
from datetime import date

from levytool.desk.book_in_force import book_in_force
from levytool.desk.month_end.member_statement import statement_of
from levytool.desk.tracing.explain import find
from levytool.desk.tracing.statements import leaves_of
from levytool.desk.tracing.thing import OpenBooks
from levytool.ledger.journal.as_known import AsKnown
from levytool.money import format_pence
from levytool.periods import parse_period
from levytool.statements.figures import figures

LATER = date(2030, 1, 1)
"""A day on which every period of the stories is over."""


def steps(trace, kind):
    """Every step of an explanation that is of one kind, however deep."""
    found = [trace] if trace.kind == kind else []
    return found + [
        step for inner in (*trace.because, *trace.became) for step in steps(inner, kind)
    ]


def refs(traces):
    """Every reference in a tree."""
    found = set()
    for trace in traces:
        found |= {trace.ref, *refs((*trace.because, *trace.became))}
    return found - {""}


def under(trace, heading):
    """What stands under a heading next to the root: reference, or words, and amount."""
    for group in (*trace.because, *trace.became):
        if group.kind == heading:
            return [
                (step.ref or step.title, None if step.pence is None else format_pence(step.pence))
                for step in (*group.because, *group.became)
            ]
    return None


def whole_graph(books):
    """Every reference that leads from those of the books, and what is wrong with any."""
    with books.reading() as connection:
        opened = OpenBooks.at(connection, book_in_force(connection), LATER)
        seen, waiting, wrong = set(), deque(roots(connection)), []
        while waiting:
            ref = waiting.popleft()
            if ref in seen:
                continue
            seen.add(ref)
            thing = find(opened, ref)
            if thing.ref != ref:
                wrong.append(f"{ref} is called {thing.ref}")
            if ref.startswith("E-") and not list(thing.became()):
                wrong.append(f"{ref}: nothing became of it")
            for parts in (*thing.because(), *thing.became()):
                counted = sum(part.pence or 0 for part in parts.parts) + parts.more_pence
                if parts.sums_to is not None and counted != parts.sums_to:
                    wrong.append(f"{ref}: {parts.heading}: {counted} is not {parts.sums_to}")
                for part in parts.parts:
                    if not part.ref and not part.note:
                        wrong.append(f"{ref}: {parts.heading}: a part that says nothing")
                waiting += [part.ref for part in parts.parts if part.ref]
    return seen, wrong


def roots(connection):
    """Everything in the books that has a reference of its own."""
    of = {
        "E-{:06d}": "SELECT id FROM journal_entry",
        "R-{:06d}": "SELECT id FROM levy_return",
        "B-{:06d}": "SELECT id FROM bank_line",
        "O-{:06d}": "SELECT id FROM opportunity",
        "PR-{:06d}": "SELECT id FROM participant_record",
        "{}": "SELECT number FROM document UNION SELECT code FROM scheme",
        "book:{}": "SELECT id FROM book_version",
        "member:{}": "SELECT code FROM party WHERE kind = 'member'",
        "contractor:{}": "SELECT code FROM party WHERE kind = 'contractor'",
        "framework:{}": "SELECT code FROM party WHERE kind = 'framework'",
    }
    found = [
        form.format(value)
        for form, query in of.items()
        for value in connection.exec_driver_sql(query).scalars()
    ]
    runs = connection.exec_driver_sql("SELECT subject FROM act WHERE act = 'bank payments'")
    found += runs.scalars()
    lines = connection.exec_driver_sql("SELECT return_id, line_no FROM declaration_line")
    found += [f"R-{number:06d}/{line}" for number, line in lines]
    cohorts = connection.exec_driver_sql("SELECT DISTINCT member, cohort FROM pot_movement")
    found += [f"{member}/{cohort}" for member, cohort in cohorts]
    months = connection.exec_driver_sql("SELECT DISTINCT period FROM journal_entry").scalars().all()
    for month in months:
        found += [f"statement:SALIX:{month}", *figures_of(connection, parse_period(month))]
    return found


def figures_of(connection, period):
    """Every figure of a statement by its reference."""
    asked = AsKnown(period.last.last_day)
    book = book_in_force(connection)
    statement = statement_of(connection, book, "SALIX", period, asked, LATER)
    return [f"statement:SALIX:{period}:{path}" for path, _value in leaves_of(figures(statement))]


def assert_whole(books):
    """Nothing leads nowhere, and every amount is the sum of its parts."""
    seen, wrong = whole_graph(books)
    assert wrong == []
    return seen
