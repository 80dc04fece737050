"""Levy set aside for opportunities due and not yet paid for, in layers (domain §3.5).

Each obligation (a scope of a framework) has its own layers, oldest first. A layer is what one rise
of `due` set aside, at the unit cost in force then, and remembers what each member bore of it, so
that whatever leaves it goes back the way it came.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from levytool.money import half_up
from levytool.rules.splits import split_by_code
from levytool.text import counted


@dataclass(frozen=True, slots=True)
class Layer:
    """Places provided for at one unit cost, and the pence held for them by member.

    `number` counts an obligation's layers from 1 in the order they were set aside. `by_member` is
    in order of code and sums to `places` x `unit_cost_pence`. A change of a layer has the same
    shape, with places and pence below zero for what leaves it; an empty layer keeps its number.
    """

    number: int
    places: int
    unit_cost_pence: int
    by_member: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class ProvisionChange:
    """How layers changed, one change a layer: what went from 2100 to 2110, negative for back."""

    changes: tuple[Layer, ...]

    @property
    def places(self) -> int:
        """Places set aside in all, negative for given back."""
        return sum(change.places for change in self.changes)

    @property
    def moves(self) -> dict[str, int]:
        """Pence from 2100 to 2110 by member, in order of code."""
        return _by_member(self.changes)


@dataclass(frozen=True, slots=True)
class PlacePayment:
    """How the net cost of one opportunity is met, in pence by member.

    `change` is what leaves the oldest layer, None where none is left: it sums to `from_provision`,
    which leaves 2110 for the payee, and `saved`, which goes back from 2110 to 2100. `charged` is
    borne by 2100: an overrun, or all of it where there was no layer.
    """

    change: Layer | None
    from_provision: Mapping[str, int]
    charged: Mapping[str, int]
    saved: Mapping[str, int]


def layers_of(changes: Iterable[Layer]) -> tuple[Layer, ...]:
    """The layers that changes add up to, oldest first; empty ones keep their place."""
    of_layer: dict[int, list[Layer]] = {}
    for change in changes:
        of_layer.setdefault(change.number, []).append(change)
    layers = []
    for number, parts in sorted(of_layer.items()):
        places = sum(part.places for part in parts)
        held = tuple(_by_member(parts).items())
        layers.append(Layer(number, places, parts[0].unit_cost_pence, held))
    return tuple(layers)


def provision_change(
    layers: Sequence[Layer],
    due: int,
    paid_places: int,
    protected_places: int,
    unit_cost_pence: int,
    spend_pence: Mapping[str, int],
    waived_places: int = 0,
) -> ProvisionChange:
    """What one obligation's provision becomes when `due` places are owed.

    Places still to be provided for are those due, not paid and not waived. Above what is provided,
    a new layer is set aside at the unit cost in force, borne by the members in proportion to their
    cumulative spend. Below it, the newest layers go back, but never under `protected_places`: those
    verified and not yet paid. Asking again with the same figures changes nothing.
    """
    provided = provided_places(layers)
    wanted = max(0, due - paid_places - waived_places)
    if wanted > provided:
        places = wanted - provided
        number = max((layer.number for layer in layers), default=0) + 1
        shares = share_by_spend(places * unit_cost_pence, spend_pence)
        return ProvisionChange((Layer(number, places, unit_cost_pence, tuple(shares.items())),))
    back = max(0, provided - max(wanted, protected_places))
    return give_back(layers, back)


def waive(layers: Sequence[Layer], protected_places: int) -> ProvisionChange:
    """Give back every place that is not verified and unpaid, once the framework has ended.

    Pass the places waived on to `provision_change` as `waived_places` from then on, so that they
    are not set aside again. That the framework has ended, and who agrees, is the caller's.
    """
    provided = provided_places(layers)
    return give_back(layers, max(0, provided - protected_places))


def give_back(layers: Sequence[Layer], places: int) -> ProvisionChange:
    """Give back `places` from the newest layers. Raises ValueError for more than are provided."""
    changes = []
    left = places
    for layer in reversed(layers):
        going = min(left, layer.places)
        left -= going
        if going:
            changes.append(_taken(layer, going))
    if left:
        raise ValueError(f"{counted(places, 'place')} to give back, {places - left} provided")
    return ProvisionChange(tuple(changes))


def pay_place(
    layers: Sequence[Layer], net_cost_pence: int, bearers: Mapping[str, int]
) -> PlacePayment:
    """Meet one opportunity's cost (net of recoverable VAT) from the oldest layer.

    A saving goes back to the members that provided the layer and an overrun is charged to them, in
    proportion. With no layer left it is charged to `bearers`: members with the weights they bear it
    by (the opportunity's own member, or cumulative spend at a wider scope). Raises ValueError for a
    negative cost.
    """
    if net_cost_pence < 0:
        raise ValueError(f"an opportunity cannot cost {net_cost_pence}p")
    layer = next((layer for layer in layers if layer.places), None)
    if layer is None:
        return PlacePayment(None, {}, share_by_spend(net_cost_pence, bearers), {})
    change = _taken(layer, 1)
    held = {member: -pence for member, pence in change.by_member}
    paid = split_by_code(min(net_cost_pence, layer.unit_cost_pence), held)
    saved = {member: pence - paid[member] for member, pence in held.items()}
    overrun = max(0, net_cost_pence - layer.unit_cost_pence)
    charged = share_by_spend(overrun, held or bearers)
    return PlacePayment(change, _without_zeros(paid), charged, _without_zeros(saved))


def held_back_pence(due_exact: Fraction, due: int, unit_cost_pence: int) -> int:
    """What `provide = "exact"` keeps from release: (due_exact - due) x unit cost, half-up.

    Never below zero: spend below nothing holds nothing back.
    """
    part = max(Fraction(0), due_exact - due) * unit_cost_pence
    return half_up(part.numerator, part.denominator)


def share_by_spend(pence: int, spend_pence: Mapping[str, int]) -> dict[str, int]:
    """Provision of an obligation wider than a member, shared by the members' cumulative spend.

    Largest remainder, ties by code; a member whose spend is not above zero bears nothing.
    """
    shares = split_by_code(pence, {code: max(0, spent) for code, spent in spend_pence.items()})
    return _without_zeros(shares)


def provided_places(layers: Iterable[Layer]) -> int:
    """Places that levy is still set aside for."""
    return sum(layer.places for layer in layers)


def _taken(layer: Layer, places: int) -> Layer:
    """The change by which `places` leave a layer, in proportion to what each member holds."""
    going = split_by_code(places * layer.unit_cost_pence, dict(layer.by_member))
    leaving = tuple((member, -pence) for member, pence in going.items() if pence)
    return Layer(layer.number, -places, layer.unit_cost_pence, leaving)


def _by_member(layers: Iterable[Layer]) -> dict[str, int]:
    totals: dict[str, int] = {}
    for layer in layers:
        for member, pence in layer.by_member:
            totals[member] = totals.get(member, 0) + pence
    return {member: totals[member] for member in sorted(totals) if totals[member]}


def _without_zeros(shares: Mapping[str, int]) -> dict[str, int]:
    return {code: pence for code, pence in shares.items() if pence}
