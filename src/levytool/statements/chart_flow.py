"""The flow from levy to surplus to schemes: bands as wide as the money is much."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from levytool.money import display_pence
from levytool.statements.sections import FlowChart, Node
from levytool.statements.svg import UNIT, Drawing, rectangle, ribbon, text_at

HEIGHT = 200
"""How high the larger of the two sums is drawn, in units."""
BAR = 8
LABELLED = 34
"""The room that a label of two lines needs."""
COLUMNS = (0, 232, 470)


@dataclass(slots=True)
class _Placed:
    """A node at its place: its top, and how far down it is taken on either side, in hundredths."""

    node: Node
    column: int
    top: int
    high: int
    name: str
    taken_in: int = 0
    taken_out: int = 0


def draw_flow(chart: FlowChart) -> Drawing:
    """What the fund had at the left, where it went in the middle, the balance at the right."""
    surplus = [chart.surplus] if chart.surplus.pence else []
    most = max(
        sum(node.pence for node in (*chart.fund_out, *surplus)),
        sum(node.pence for node in (*chart.balance_in, *surplus)),
        sum(node.pence for node in chart.fund_in),
        1,
    )
    fund_in = _stack(chart.fund_in, 0, 0, most, "levy")
    fund_out = _stack((*chart.fund_out, *surplus), 1, 0, most, "apart")
    for placed in fund_out[len(chart.fund_out) :]:
        placed.name = "surplus"
    below = _bottom(fund_in, fund_out)
    # The balance brought forward joins from beneath, so that no band crosses the fund's labels.
    balance_in = _stack(chart.balance_in, 0, below if chart.fund_in else 0, most, "balance")
    own = fund_out[len(chart.fund_out) :]
    start = own[0].top if own else (balance_in[0].top if balance_in else 0)
    balance_out = _stack(chart.balance_out, 2, start, most, "balance")
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


def _stack(nodes: Sequence[Node], column: int, top: int, most: int, name: str) -> list[_Placed]:
    found = []
    for node in nodes:
        high = max(2 * UNIT, node.pence * HEIGHT * UNIT // most)
        found.append(_Placed(node, column, top, high, name))
        top += max(high, LABELLED * UNIT) + 8 * UNIT
    return found


def _bottom(*stacks: Sequence[_Placed]) -> int:
    """Where the next node may stand below all of these."""
    ends = [p.top + max(p.high, LABELLED * UNIT) + 8 * UNIT for stack in stacks for p in stack]
    return max(ends, default=0)


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
            x = (COLUMNS[source.column] + BAR) * UNIT
            yield ribbon(f"band {name}", (x, *start), (COLUMNS[end.column] * UNIT, *finish), tip)


def _cut(placed: _Placed, pence: int, taken: int) -> tuple[int, int]:
    """The part of a node's side that an amount takes after what is taken of it already."""
    whole = placed.node.pence
    top = placed.top + placed.high * taken // whole
    return top, placed.top + placed.high * (taken + pence) // whole


def _drawn(placed: _Placed) -> Iterator[str]:
    x = COLUMNS[placed.column] * UNIT
    middle = placed.top + max(placed.high, LABELLED * UNIT) // 2
    if placed.high < LABELLED * UNIT:
        middle = placed.top + LABELLED * UNIT // 2 - 2 * UNIT
    left = x + (BAR + 7) * UNIT
    yield rectangle(f"node {placed.name}", x, placed.top, BAR * UNIT, placed.high)
    yield text_at("label halo", left, middle - 2 * UNIT, placed.node.label)
    yield text_at("amount halo", left, middle + 13 * UNIT, display_pence(placed.node.pence))
