"""`levytool reconcile review --screen`: what is open as a table, decided by single keys.

Each key is one decision, kept before the screen moves on: whatever becomes of the terminal, nothing
is lost. The extra `tui` brings what draws it (textual); nothing else imports this module.
"""

import os
from collections.abc import Callable
from typing import ClassVar, NamedTuple

from rich.text import Text
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import DataTable, Footer, Input, Static

from levytool.cli.output import ROWS_ON_SCREEN
from levytool.cli.review_questions import Partners, Reasons, Words
from levytool.cli.review_texts import detail, row, seen_words, totals
from levytool.desk.office import Office
from levytool.desk.reconcile.decide import Order
from levytool.desk.reconcile.sitting import (
    Pending,
    Sitting,
    also_suggested,
    decide_in,
    is_choice,
    offer,
    standing_in,
    take_back_in,
    told_lines,
)
from levytool.problems import LevytoolError
from levytool.rules.matching.decisions import ACCEPT, MATCH, NOTE, REJECT, Decision

PARTNERS_OFFERED = 200
WIDE = 100
NARROW_CODE = 11
"""Letters of a code that stand in the table of a narrow screen; the pane below has all of them."""

_OF_THE_TABLE = ("accept", "reject", "match", "why", "note", "skip", "undo", "filter", "unfilter")

COLUMNS = ("reason", "member", "contractor", "difference", "levy effect", "days")


class Made(NamedTuple):
    """What was done under an id at this screen, and what stood there before."""

    known_as: str
    verb: str
    before: Decision | None


class ReviewScreen(App[Exception | None]):
    """What waits, and a pane with both sides of the chosen one.

    `office_now` gives the office at the moment of each decision, so that its time is right. Ends
    with what went wrong, where something did that no one can answer at the screen.
    """

    CSS = """
    #totals { height: auto; max-height: 2; text-style: bold; padding: 0 1; }
    #open { height: 1fr; min-height: 5; scrollbar-size-vertical: 1; }
    #both { height: 40%; min-height: 9; max-height: 20; border-top: solid $primary;
            padding: 0 1; scrollbar-size-vertical: 1; }
    #filter { display: none; height: 1; border: none; padding: 0 1; }
    #filter.asked { display: block; }
    #said { height: 1; padding: 0 1; }
    DataTable:nocolor > .datatable--cursor { text-style: reverse; }
    OptionList:nocolor > .option-list--option-highlighted { text-style: bold underline; }
    """
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", "Accept"),
        Binding("r", "reject", "Reject"),
        Binding("m", "match", "Match"),
        Binding("w", "why", "Why"),
        Binding("n", "note", "Note"),
        Binding("s", "skip", "Skip"),
        Binding("u", "undo", "Undo"),
        Binding("slash", "filter", "Filter"),
        Binding("q", "quit", "Quit"),
        Binding("ctrl+c", "quit", show=False, priority=True),
        Binding("escape", "unfilter", show=False),
    ]

    def __init__(self, office_now: Callable[[], Office], sitting: Sitting) -> None:
        # Without colours textual would still draw in greys; the terminal's own two will do.
        super().__init__(ansi_color="NO_COLOR" in os.environ)
        self._office_now, self.sitting = office_now, sitting
        self.made: list[Made] = []
        self._shown: list[Pending] = []

    def compose(self) -> ComposeResult:
        """The totals, the table, both sides of one row, a line for words, the keys."""
        yield Static(id="totals", markup=False)
        yield DataTable(id="open", cursor_type="row", zebra_stripes=True)
        yield VerticalScroll(Static(id="sides", markup=False), id="both")
        yield Input(placeholder="words to look for", id="filter", compact=True)
        yield Static(id="said", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Fill the table for the first time."""
        self._table.add_column("", width=1)
        self._table.add_columns(*COLUMNS)
        self._table.focus()
        self._fill(0)

    def on_resize(self) -> None:
        """Codes are shortened as the width asks for it."""
        if self._table.columns:
            self._fill(self._table.cursor_row)

    def on_data_table_row_highlighted(self) -> None:
        """Show both sides of the row that the cursor is on."""
        self._show_sides()

    @on(Input.Changed, "#filter")
    def narrow(self) -> None:
        """Narrow the table while the words are typed."""
        self._fill(0)

    @on(Input.Submitted, "#filter")
    def leave_filter(self) -> None:
        """Back to the table, narrowed."""
        self._table.focus()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While something is asked the keys of the table decide nothing, typed ahead or not."""
        if len(self.screen_stack) > 1 and action in _OF_THE_TABLE:
            return False
        return super().check_action(action, parameters)

    def action_accept(self) -> None:
        """It is explained; a suggestion: it is so, or which of its lines it is."""
        if self.chosen is not None and is_choice(self.sitting, self.chosen):
            self.action_match()
        else:
            self._decide(ACCEPT)

    def action_reject(self) -> None:
        """It must be put right; a pair comes apart."""
        self._decide(REJECT)

    def action_match(self) -> None:
        """Join it with lines of the other side."""
        if self.chosen is None:
            return
        found = offer(self.sitting, self.chosen, PARTNERS_OFFERED)
        if not found.lines:
            self._say("no line of the other side is open")
            return

        def join(picked: tuple[str, ...] | None) -> None:
            if picked:
                self._decide(MATCH, found.id, picked)

        self.push_screen(Partners(found), join)

    def action_why(self) -> None:
        """Say what is behind it, if not what was found."""
        if self.chosen is not None:
            self.push_screen(Reasons(), lambda said: self._note(reason=said or ""))

    def action_note(self) -> None:
        """Write a note; it stays with whatever is decided."""
        if self.chosen is not None:
            self.push_screen(Words("note"), lambda said: self._note(note=said or ""))

    def action_skip(self) -> None:
        """On to the next row."""
        self._table.action_cursor_down()

    def action_undo(self) -> None:
        """Take back the last decision of this sitting, and go to where it was."""
        if not self.made:
            self._say("nothing was decided at this screen; see: levytool reconcile decide --undo")
            return
        known_as, _verb, before = self.made[-1]
        if self._keep(lambda: take_back_in(self._office_now(), self.sitting, known_as, before)):
            self.made.pop()
            self._fill_at(known_as)
            self._say(f"{known_as}: taken back")

    def action_filter(self) -> None:
        """Ask for words to narrow the table by."""
        self._filter.add_class("asked")
        self._filter.focus()

    def action_unfilter(self) -> None:
        """Show all rows again."""
        self._filter.value = ""
        self._filter.remove_class("asked")
        self._table.focus()

    @property
    def noted(self) -> int:
        """How often it was a note or a reason alone, which leaves what it is of open."""
        return sum(made.verb == NOTE for made in self.made)

    @property
    def chosen(self) -> Pending | None:
        """What the cursor is on."""
        at = self._table.cursor_row
        return self._shown[at] if 0 <= at < len(self._shown) else None

    @property
    def _table(self) -> "DataTable[Text]":
        return self.query_one("#open", DataTable)

    @property
    def _filter(self) -> Input:
        return self.query_one("#filter", Input)

    def _note(self, note: str = "", reason: str = "") -> None:
        if note or reason:
            self._decide(NOTE, note=note, reason=reason)

    def _decide(
        self,
        verb: str,
        known_as: str = "",
        others: tuple[str, ...] = (),
        note: str = "",
        reason: str = "",
    ) -> None:
        """One decision on the chosen row, or under the id that is given, kept at once."""
        if self.chosen is None:
            return
        chosen, at = self.chosen.id, self._table.cursor_row
        order = Order(known_as or chosen, verb, others, note, reason)
        before = standing_in(self.sitting, order.id)
        if self._keep(lambda: decide_in(self._office_now(), self.sitting, order)):
            self.made.append(Made(order.id, verb, before))
            stays = self.sitting.named(chosen) is not None
            self._fill(at + 1 if stays and verb != NOTE else at)
            kept = "tried, in a dry run" if self._office_now().dry_run else "kept"
            self._say(f"{order.id}: {verb} {kept}")

    def _keep(self, act: Callable[[], Sitting]) -> bool:
        """Do an act of the desk, or say why it cannot be done."""

        def do() -> None:
            self.sitting = act()

        return self._tried(do)

    def _tried(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except LevytoolError as refusal:
            self._say(f"error: {refusal}")
            return False
        except Exception as error:
            # The screen goes, and the command says what happened as every command does.
            self.exit(error)
            return False
        return True

    def _fill(self, at: int) -> None:
        """The rows that the filter leaves, with the cursor on this one, or on the last."""
        words = self._filter.value.casefold().split()
        fitting = [
            item for item in self.sitting.pending if all(word in seen_words(item) for word in words)
        ]
        self._shown = fitting[:ROWS_ON_SCREEN]
        self._table.clear()
        longest = NARROW_CODE if self.size.width < WIDE else WIDE
        for item in self._shown:
            self._table.add_row(*row(item, longest), key=item.id)
        if self._shown:
            self._table.move_cursor(row=min(at, len(self._shown) - 1), animate=False)
        self.query_one("#totals", Static).update(totals(self.sitting, len(self.made) - self.noted))
        hidden = len(self.sitting.pending) - len(self._shown)
        self._say(f"{hidden:,} more are not shown: / narrows the list" if hidden else "")
        self._show_sides()

    def _fill_at(self, known_as: str) -> None:
        """The rows again, with the cursor on one of them."""
        ids = [item.id for item in self.sitting.pending]
        self._fill(ids.index(known_as) if known_as in ids else 0)
        shown = [item.id for item in self._shown]
        if known_as in shown:
            self._table.move_cursor(row=shown.index(known_as), animate=False)

    def _show_sides(self) -> None:
        sides = self.query_one("#sides", Static)
        chosen = self.chosen
        if chosen is None:
            sides.update("nothing fits the filter" if self.sitting.pending else "nothing waits")
            return

        def show() -> None:
            lines = told_lines(self._office_now(), chosen)
            sides.update(detail(chosen, lines, also_suggested(self.sitting, chosen)))

        self._tried(show)
        self.query_one("#both", VerticalScroll).scroll_home(animate=False)

    def _say(self, words: str) -> None:
        self.query_one("#said", Static).update(words)
