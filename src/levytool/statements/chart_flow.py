"""The flow from levy to surplus to schemes: bands as wide as the money is much."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from textwrap import wrap

from levytool.money import display_pence
from levytool.statements.sections import FlowChart, Node
from levytool.statements.svg import UNIT, WIDTH, Drawing, rectangle, ribbon, text_at

HEIGHT = 200
"""How high the larger of the two sums is drawn, in units."""
BAR = 8
LINE = 15
"""How high a line of a label is."""
COLUMNS = (0, 232, 470)
PHONE_COLUMNS = (0, 108, 216)
PHONE_LETTERS = 14
"""How much of a label stands on one line where columns are that near to each other."""


@dataclass(slots=True)
class _Placed:
    """A node at its place: its top, and how far down it is taken on either side, in hundredths.

    `left` is where its column begins, `lines` what is written beside it, the amount last.
    """

    node: Node
    left: int
    top: int
    high: int
    name: str
    lines: list[str]
    taken_in: int = 0
    taken_out: int = 0

    @property
    def labelled(self) -> int:
        """The room that its label needs."""
        return (4 + LINE * len(self.lines)) * UNIT

    @property
    def bottom(self) -> int:
        """Where the next node may stand below it."""
        return self.top + max(self.high, self.labelled) + 8 * UNIT


def draw_flow(chart: FlowChart, wide: int) -> Drawing:
    """What the fund had at the left, where it went in the middle, the balance at the right."""
    surplus = [chart.surplus] if chart.surplus.pence else []
    most = max(
        sum(node.pence for node in (*chart.fund_out, *surplus)),
        sum(node.pence for node in (*chart.balance_in, *surplus)),
        sum(node.pence for node in chart.fund_in),
        1,
    )
    stack = partial(_stack, most=most, is_wide=wide == WIDTH)
    fund_in = stack(chart.fund_in, 0, 0, "levy")
    fund_out = stack((*chart.fund_out, *surplus), 1, 0, "apart")
    for placed in fund_out[len(chart.fund_out) :]:
        placed.name = "surplus"
    below = _bottom(fund_in, fund_out)
    # The balance brought forward joins from beneath, so that no band crosses the fund's labels.
    balance_in = stack(chart.balance_in, 0, below if chart.fund_in else 0, "balance")
    own = fund_out[len(chart.fund_out) :]
    start = own[0].top if own else (balance_in[0].top if balance_in else 0)
    balance_out = stack(chart.balance_out, 2, start, "balance")
    shapes = [*_bands(fund_in, fund_out), *_bands([*own, *balance_in], balance_out)]
    every = [*fund_in, *fund_out, *balance_in, *balance_out]
    for placed in every:
        shapes += _drawn(placed)
    return Drawing(-(-_bottom(every) // UNIT), shapes)


def flow_told(chart: FlowChart) -> str:
    """The flow in words."""

    def listed(nodes: Iterable[Node]) -> str:
        said = [f"{node.label} {display_pence(node.pence)}" for node in nodes]
        return ", ".join(said) or "nothing"

    fund_out, balance_in = (*chart.fund_out, chart.surplus), (*chart.balance_in, chart.surplus)
    return (
        f"{chart.title}. Levy fund: from {listed(chart.fund_in)}; to {listed(fund_out)}. "
        f"Balance: from {listed(balance_in)}; to {listed(chart.balance_out)}."
    )


def _stack(
    nodes: Sequence[Node], column: int, top: int, name: str, *, most: int, is_wide: bool
) -> list[_Placed]:
    found: list[_Placed] = []
    left = (COLUMNS if is_wide else PHONE_COLUMNS)[column] * UNIT
    for node in nodes:
        high = max(2 * UNIT, node.pence * HEIGHT * UNIT // most)
        label = [node.label] if is_wide else wrap(node.label, PHONE_LETTERS)
        found.append(_Placed(node, left, top, high, name, [*label, display_pence(node.pence)]))
        top = found[-1].bottom
    return found


def _bottom(*stacks: Sequence[_Placed]) -> int:
    """Where the next node may stand below all of these."""
    return max((placed.bottom for stack in stacks for placed in stack), default=0)


def _bands(sources: Sequence[_Placed], ends: Sequence[_Placed]) -> Iterator[str]:
    """Bands from sources to ends, both in order: each source fills the ends one after another."""
    left = [placed.node.pence for placed in ends]
    for source in sources:
        rest = source.node.pence
        for number, end in enumerate(ends):
            pence = min(rest, left[number])
            if pence <= 0:
                continue
            rest -= pence
            left[number] -= pence
            start = _cut(source, pence, source.taken_out)
            finish = _cut(end, pence, end.taken_in)
            source.taken_out += pence
            end.taken_in += pence
            name = "surplus" if "surplus" in (source.name, end.name) else end.name
            tip = f"{source.node.label} to {end.node.label}: {display_pence(pence)}"
            x = source.left + BAR * UNIT
            yield ribbon(f"band {name}", (x, *start), (end.left, *finish), tip)


def _cut(placed: _Placed, pence: int, taken: int) -> tuple[int, int]:
    """The part of a node's side that an amount takes after what is taken of it already."""
    whole = placed.node.pence
    top = placed.top + placed.high * taken // whole
    return top, placed.top + placed.high * (taken + pence) // whole


def _drawn(placed: _Placed) -> Iterator[str]:
    yield rectangle(f"node {placed.name}", placed.left, placed.top, BAR * UNIT, placed.high)
    middle = placed.top + max(placed.high, placed.labelled) // 2
    if placed.high < placed.labelled:
        middle -= 2 * UNIT
    base = middle - 2 * UNIT - (len(placed.lines) - 2) * LINE * UNIT // 2
    for number, line in enumerate(placed.lines, 1):
        name = "amount halo" if number == len(placed.lines) else "label halo"
        yield text_at(name, placed.left + (BAR + 7) * UNIT, base, line)
        base += LINE * UNIT
