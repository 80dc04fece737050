"""What the review screen says of each thing that waits."""

from collections.abc import Iterable, Sequence
from itertools import chain

from rich.text import Text

from levytool.desk.reconcile.sitting import SUGGESTED, Pending, Sitting, ToldLine
from levytool.money import display_pence
from levytool.reconcile.spend_told import effect_words
from levytool.rules.matching.decisions import MATCH, REJECT, Decision
from levytool.text import printable

MARKS = {REJECT: "r", MATCH: "j"}


def totals(sitting: Sitting, made: int) -> Text:
    """The line on top: what is at risk, and how far the sitting has come."""
    period = sitting.asked.period
    return Text(
        f"{period}  {len(sitting.pending):,} open, {made:,} decided  "
        f"levy at risk {display_pence(sitting.at_risk_pence)} "
        f"of {display_pence(sitting.undeclared_pence)}, "
        f"levy effect {display_pence(sitting.effect_pence)}"
    )


def row(item: Pending, longest: int) -> tuple[Text, ...]:
    """A row of the table; its first cell marks what is rejected (r), joined without a word why (j)
    or has a note (n). A code that is longer is cut, and ends in `…`."""
    mark = "" if item.decision is None else MARKS.get(item.decision.verb, "n")
    return (
        Text(mark),
        Text(item.reason),
        *(Text(_cut(printable(code), longest)) for code in (item.member, item.contractor)),
        *(
            Text(figure, justify="right")
            for figure in (
                display_pence(item.net_difference_pence),
                effect_words(item.levy_effect_micropence),
                f"{item.days_old:,}",
            )
        ),
    )


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def seen_words(item: Pending) -> str:
    """The text that a filter looks in."""
    lines = (
        (line.member, line.contractor, line.invoice, line.framework, line.call_off)
        for line in item.lines
    )
    words = chain((item.id, item.reason, item.why), *lines)
    more = (line.description for line in item.lines)
    return " ".join(chain(words, more)).casefold()


def detail(item: Pending, told: Iterable[ToldLine], suggested: Sequence[Pending]) -> Text:
    """Both sides of one thing, why they stand together, and what was said of it."""
    text = Text()
    text.append(f"{item.reason}  ", "bold")
    text.append(printable(f"{item.member}  {item.contractor}  {item.id}") + "\n")
    text.append(_why(item), "italic")
    for other in suggested:
        text.append(f"may belong to {other.id}: {other.why}\n", "italic")
    for each in told:
        text.append(line_words(each) + "\n")
        if more := _more(each):
            text.append(f"          {more}\n", "dim")
    if item.decision is not None:
        text.append(said_before(item.decision))
    return text


def line_words(told: ToldLine) -> str:
    """A line of either side: date, invoice, net, its reference and the row of its file."""
    line = told.line
    words = [
        "declared" if told.is_declared else "recorded",
        line.date,
        line.invoice or "no invoice",
        display_pence(line.net_pence),
    ]
    if told.row is None:
        words += [line.member, line.contractor, told.reference]
    else:
        words += [told.reference, f"{told.row.file} row {told.row.row}"]
    return printable("  ".join(words))


def _more(told: ToldLine) -> str:
    line = told.line
    return printable("  ".join(filter(None, (line.framework, line.call_off, line.description))))


def _why(item: Pending) -> str:
    if item.reason == SUGGESTED:
        return f"suggested: {item.why}; a joins them, r lets them be\n"
    if item.declared and item.recorded:
        return f"joined by {item.why}\n" if item.why else "taken apart by a person\n"
    alone = f"{item.why}: " if item.why else ""
    return f"{alone}no line of the other side fits; m looks for one\n"


def said_before(decision: Decision) -> str:
    """What a person said of something that waits all the same: `rejected by ann, 2025-04-09: …`."""
    said = "; ".join(filter(None, (decision.reason, decision.note))) or "no words"
    what = {REJECT: "rejected", MATCH: "joined"}.get(decision.verb, "noted")
    return printable(f"{what} by {decision.user}, {decision.at[:10]}: {said}")
