"""What the review screen asks on top of its table: words, a reason, lines to join with."""

from typing import ClassVar, TypeVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static

from levytool.cli.review_texts import line_words
from levytool.desk.reconcile.sitting import Offer, ToldLine
from levytool.money import display_pence
from levytool.rules.matching.lines import net_of
from levytool.rules.matching.reasons import REASONS

BOX = """
    { align: center middle; }
    Vertical { width: 100%; max-width: 110; height: auto; max-height: 90%; border: solid $primary;
               padding: 0 1; background: $surface; }
    OptionList { height: auto; max-height: 14; border: none; padding: 0;
                               text-wrap: nowrap; text-overflow: ellipsis; }
    Static { height: auto; }
"""


Said = TypeVar("Said")


class Question(ModalScreen[Said | None]):
    """Asks for one thing; None where it was let be."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Leave it")]

    def answer(self, said: Said | None) -> None:
        """Give the answer, once: keys that were typed ahead still come after it."""
        if self.is_current:
            self.dismiss(said)

    def action_leave(self) -> None:
        """Nothing."""
        self.answer(None)


class Words(Question[str]):
    """Asks for a line of text."""

    CSS = f"Words {BOX}"

    def __init__(self, asked: str) -> None:
        super().__init__()
        self._asked = asked

    def compose(self) -> ComposeResult:
        """A line to write on."""
        with Vertical():
            yield Static(f"{self._asked}: Enter keeps it, Escape leaves it", markup=False)
            yield Input(compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The words are said."""
        event.stop()
        self.answer(event.value.strip() or None)


class Reasons(Question[str]):
    """Asks which reason is behind a difference."""

    CSS = f"Reasons {BOX}"

    def compose(self) -> ComposeResult:
        """Every reason that there is."""
        with Vertical():
            yield Static("what is behind it: Enter takes one, Escape leaves it", markup=False)
            yield OptionList(*REASONS, markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """One was taken."""
        event.stop()
        self.answer(REASONS[event.option_index])


class Partners(Question[tuple[str, ...]]):
    """Asks which open lines something belongs to: their references."""

    CSS = f"Partners {BOX}"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pick", "Pick"),
        Binding("enter", "join", "Join", priority=True),
    ]

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer, self._offered = offer, offer.lines
        self._picked_at: set[int] = set()

    def compose(self) -> ComposeResult:
        """The lines, likeliest first, and what would be left over."""
        with Vertical():
            yield Static("Space picks lines, Enter joins them, Escape leaves it", markup=False)
            yield OptionList(*map(self._prompt, range(len(self._offered))))
            yield Static(id="left", markup=False)

    def on_mount(self) -> None:
        """Nothing is picked yet."""
        self._tell_left()

    def action_pick(self) -> None:
        """Pick a line, or leave it after all, and say anew what would be left."""
        offered = self.query_one(OptionList)
        at = offered.highlighted
        if at is not None:
            self._picked_at ^= {at}
            offered.replace_option_prompt_at_index(at, self._prompt(at))
            self._tell_left()

    def action_join(self) -> None:
        """These it is."""
        self.answer(tuple(told.reference for told in self._picked))

    @property
    def _picked(self) -> list[ToldLine]:
        return [self._offered[at] for at in sorted(self._picked_at)]

    def _prompt(self, at: int) -> Text:
        """A line with its mark, which must be seen without colour too."""
        mark = "[x]" if at in self._picked_at else "[ ]"
        return Text(f"{mark} {line_words(self._offered[at])}")

    def _tell_left(self) -> None:
        picked = self._picked
        theirs = net_of(told.line for told in picked if not told.is_declared)
        ours = net_of(told.line for told in picked if told.is_declared)
        left = self._offer.left_pence + theirs - ours
        words = f"{self._offer.id}  {len(picked):,} picked, {display_pence(left)} left"
        member, contractor = self._offer.block
        if any(told.line.member != member for told in picked):
            words += ", of another member"
        if any(told.line.contractor != contractor for told in picked):
            words += ", of another contractor"
        self.query_one("#left", Static).update(words)
