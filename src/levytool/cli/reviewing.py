"""`levytool reconcile review`: one question at a time, or a screen; each answer kept at once."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from levytool.cli import output
from levytool.cli.context import office_now
from levytool.cli.review_texts import said_before
from levytool.desk.office import Office
from levytool.desk.reconcile.decide import Order, decide, lines_named, taking_back
from levytool.desk.reconcile.known_lines import Known
from levytool.desk.reconcile.review import Review, Waiting
from levytool.desk.reconcile.unlike import what_sets_apart
from levytool.extras import MissingExtra
from levytool.periods import Period
from levytool.problems import LevytoolError
from levytool.reconcile.spend import Findings
from levytool.rules.matching.decisions import NOTE
from levytool.rules.matching.lines import SpendLine
from levytool.rules.matching.reasons import REASONS

QUESTION = "[a]ccept [r]eject [m]atch ID… [w]hy REASON [n]ote TEXT\n[s]kip [u]ndo the last [q]uit: "

ASKED = {
    "note": "note: ",
    "why": f"reason ({', '.join(REASONS)}): ",
    "match": "match with (ids): ",
}
"""What is asked further where an answer that needs words came without any."""

WHY = "why (Enter: it waits for a note): "
"""What is asked where lines are joined that are not alike."""

WORDS = ("accept", "reject", "match", "why", "note", "skip", "undo", "quit")


def review_open(office: Office, review: Review) -> None:
    """Ask about each thing that waits. An undone decision is asked about again, and nothing whose
    lines an answer has joined."""
    position = 0
    answers = _Answers(office, review.matched)
    known = Known(None, review.matched)
    kept: list[tuple[int, str]] = []
    joined: dict[int, frozenset[SpendLine]] = {}
    while position < len(review.waiting):
        waiting = review.waiting[position]
        _show(waiting, position + 1, len(review.waiting))
        if any(waiting.of & lines for lines in joined.values()):
            output.say("its lines are joined already")
            position += 1
            continue
        answer = output.ask(QUESTION)
        word, said = ("quit", "") if answer is None else _understood(answer)
        if word == "quit":
            break
        if word in ASKED and not (said := said or output.ask(ASKED[word]) or ""):
            output.say("nothing was said, so nothing is kept")
            continue
        if word == "undo":
            if kept:
                position, _verb = kept[-1]
                joined.pop(position, None)
                undone = review.waiting[position]
                if answers.keep(taking_back(undone.id, undone.before)):
                    kept.pop()
            continue
        if word == "skip":
            position += 1
            continue
        order = _order(waiting, word, said)
        if order is None:
            output.say("say a, r, m, w, n, s, u or q")
        elif (order := _agreed(known, order)) and answers.keep([order]):
            kept.append((position, order.verb))
            joined[position] = frozenset(chain(*lines_named(known, order)))
            position += 1
    noted = sum(verb == NOTE for _position, verb in kept)
    _say_decided(len(kept) - noted, office, noted)


def review_on_screen(office: Office, period: Period, member: str | None) -> None:
    """The same as a screen of its own. Raises MissingExtra without the `tui` extra."""
    try:
        from levytool.cli.review_screen import ReviewScreen
    except ModuleNotFoundError as error:
        raise MissingExtra("the screen", "tui") from error
    from levytool.desk.reconcile.sitting import begin_sitting

    screen = ReviewScreen(lambda: office_now(office), begin_sitting(office, period, member))
    failure = screen.run()
    if failure is not None:
        raise failure
    _say_decided(len(screen.made) - screen.noted, office, screen.noted)


def _say_decided(count: int, office: Office, noted: int = 0) -> None:
    """What was decided; a note or a reason alone leaves what it is of open."""
    more = f", {noted:,} noted and still open" if noted else ""
    if office.dry_run:
        output.say(f"{count:,} would be decided{more}")
    else:
        output.say(f"{count:,} decided{more}; see: levytool reconcile decisions")


def _show(waiting: Waiting, number: int, count: int) -> None:
    output.show_step(f"{number:,} of {count:,}  {waiting.id}  {waiting.title}")
    for line in waiting.lines:
        output.show_line(f"  {line}")
    if waiting.before is not None:
        output.show_line(f"  {said_before(waiting.before)}")


def _understood(answer: str) -> tuple[str, str]:
    """Which of the words is meant, by its first letters, and what is said with it.

    '' where it is none of them: a sentence that begins with an a accepts nothing.
    """
    letters, _space, said = answer.strip().partition(" ")
    if not letters:
        return "skip", ""
    word = next((word for word in WORDS if word.startswith(letters.lower())), "")
    return word, said.strip()


def _order(waiting: Waiting, word: str, said: str) -> Order | None:
    if word == "match":
        return Order(waiting.id, word, tuple(said.split()))
    if word == "why":
        return Order(waiting.id, "note", reason=said)
    return Order(waiting.id, word, note=said) if word else None


def _agreed(known: Known, order: Order) -> Order | None:
    """The order, where it joins nothing that is not alike, or it shall all the same: then with why,
    where it would wait for that."""
    try:
        unlike = what_sets_apart(known, order)
    except LevytoolError as refusal:
        output.show_error(refusal)
        return None
    if unlike is None:
        return order
    if not output.confirm(f"{unlike}. Join them all the same?", yes=False):
        return None
    return replace(order, note=output.ask(WHY) or "") if unlike.waits else order


class _Answers:
    """What is decided, kept at once. In a dry run nothing is: each answer is tried after those
    before it, in a transaction of its own, so that nobody is kept waiting while a person thinks."""

    def __init__(self, office: Office, matched: Findings) -> None:
        self._office, self._matched = office, matched
        self._tried: list[Order] = []

    def keep(self, orders: Sequence[Order]) -> bool:
        """Keep what is decided, or say why it cannot be kept."""
        try:
            decide(office_now(self._office), [*self._tried, *orders], self._matched)
        except LevytoolError as refusal:
            output.show_error(refusal)
            return False
        if self._office.dry_run:
            self._tried.extend(orders)
        return True
