"""The levy's way to the pot, told from the flows between accounts (domain §3.5)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from levytool.accounts import Account
from levytool.ledger.reports.flows import Flow
from levytool.rules.postings import Kind
from levytool.statements.values import LevyFigures, LevyFlow, Split

DEBTORS = Account.LEVY_DEBTORS.value
UNPAID = Account.LEVY_BILLED_NOT_RECEIVED.value
FUND = Account.LEVY_FUND.value
PROVISION = Account.OPPORTUNITY_PROVISION.value
POT = Account.BROKERAGE_POT.value
SCHEME_FUNDS = Account.SCHEME_FUNDS.value
RETAINED = Account.LEVY_RETAINED.value
CREDITORS = Account.CREDITORS.value

ACCOUNTS = (
    Account.LEVY_BILLED_NOT_RECEIVED,
    Account.LEVY_FUND,
    Account.OPPORTUNITY_PROVISION,
    Account.BROKERAGE_POT,
    Account.SCHEME_FUNDS,
)
"""The accounts whose flows a statement is told from."""


@dataclass(frozen=True, slots=True)
class MemberSums:
    """One member's flows since the books began, and what its accounts hold, as at one day."""

    flow: LevyFlow
    split: Split
    unpaid_pence: int
    fund_pence: int
    provision_pence: int


NOTHING = MemberSums(LevyFlow(), Split(), 0, 0, 0)
"""The sums of a member that nothing has touched."""


def sums_by_member(
    flows: Iterable[Flow], settled_pence: Mapping[str, int]
) -> dict[str, MemberSums]:
    """Every member's sums. `settled_pence` is the net that payments and set-offs have settled."""
    steps: dict[str, Counter[str]] = {}
    held: dict[str, Counter[str]] = {}
    for flow in flows:
        sides = (
            (flow.credit_account, flow.credit_dimension, flow.debit_account, flow.pence),
            (flow.debit_account, flow.debit_dimension, flow.credit_account, -flow.pence),
        )
        for account, dimension, other, pence in sides:
            if account not in ACCOUNTS:
                continue
            # A scheme's funds are kept by SCHEME/SOURCE, all others by the member itself.
            member = dimension.partition("/")[2] if account == SCHEME_FUNDS else dimension
            held.setdefault(member, Counter())[account] += pence
            steps.setdefault(member, Counter()).update(_steps(flow.kind, account, other, pence))
    for member, pence in settled_pence.items():
        steps.setdefault(member, Counter())["received_pence"] += pence
    return {
        member: _sums(steps.get(member, Counter()), held.get(member, Counter()))
        for member in steps.keys() | held.keys()
    }


def together(sums: Iterable[MemberSums]) -> MemberSums:
    """The sums of several members as one."""
    found = list(sums)
    flow = {
        field.name: sum(getattr(one.flow, field.name) for one in found)
        for field in fields(LevyFlow)
    }
    return MemberSums(
        LevyFlow(**flow),
        Split(
            sum(one.split.uncommitted_pence for one in found),
            sum(one.split.committed_pence for one in found),
        ),
        sum(one.unpaid_pence for one in found),
        sum(one.fund_pence for one in found),
        sum(one.provision_pence for one in found),
    )


def levy_figures(
    opening: MemberSums,
    closing: MemberSums,
    reserve_pence: int,
    issued: MemberSums | None = None,
) -> LevyFigures:
    """The figures of a period between two moments. `issued` is what the opening was told to be by
    the issued statement that this one follows: the difference is of prior periods.
    """
    opened = issued or opening
    return LevyFigures(
        period=closing.flow.less(opening.flow),
        to_date=closing.flow,
        unpaid_opening_pence=opened.unpaid_pence,
        unpaid_closing_pence=closing.unpaid_pence,
        fund_opening_pence=opened.fund_pence,
        fund_closing_pence=closing.fund_pence,
        provision_opening_pence=opened.provision_pence,
        provision_closing_pence=closing.provision_pence,
        reserve_pence=reserve_pence,
        prior=opening.flow.less(opened.flow),
        prior_fund_pence=opening.fund_pence - opened.fund_pence,
    )


def _steps(kind: str, account: str, other: str, pence: int) -> dict[str, int]:
    """Which figures of `LevyFlow` change when `account` is credited from `other`."""
    if account == UNPAID:
        return _unpaid_steps(kind, other, pence)
    return _fund_steps(kind, other, pence) if account == FUND else {}


def _unpaid_steps(kind: str, other: str, pence: int) -> dict[str, int]:
    if kind == Kind.WRITE_OFF:
        return {"written_off_pence": -pence}
    if kind == Kind.DOCUMENT and other == DEBTORS:
        return {"billed_pence": pence}
    if kind == Kind.DOCUMENT and other == UNPAID:
        # A document of nothing moves levy from member to member: billed and settled at once.
        return {"billed_pence": pence, "received_pence": pence}
    return {}


def _fund_steps(kind: str, other: str, pence: int) -> dict[str, int]:
    if kind == Kind.WRITE_OFF and other == DEBTORS:
        return {"written_off_pence": -pence, "fund_written_off_pence": -pence}
    if kind == Kind.DOCUMENT and other == DEBTORS:
        return {"billed_pence": pence, "funded_pence": pence}
    if kind == Kind.DOCUMENT and other == FUND:
        return {"billed_pence": pence, "received_pence": pence, "funded_pence": pence}
    if other == UNPAID:
        return {"funded_pence": pence}
    if other == RETAINED:
        return {"retained_pence": -pence}
    if other == POT:
        return {"released_pence": -pence}
    if other == CREDITORS or (other == PROVISION and kind == Kind.OPPORTUNITY_PAID):
        return {"overruns_pence": -pence}
    if other == PROVISION:
        return {"provided_pence": -pence}
    return {"other_pence": pence}


def _sums(steps: Counter[str], held: Counter[str]) -> MemberSums:
    return MemberSums(
        LevyFlow(**steps),
        Split(held[POT], held[SCHEME_FUNDS]),
        held[UNPAID],
        held[FUND],
        held[PROVISION],
    )
