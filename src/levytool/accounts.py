"""The chart of accounts (domain §3.5): each account with the one dimension it is kept by."""

from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """Account codes, by the name the domain gives them."""

    __hash__ = str.__hash__  # an Enum's own is Python's, and every leg looks its account up

    LEVY_DEBTORS = "1100"
    BANK = "1200"
    MATCH_FUNDING_DEBTORS = "1300"
    LEVY_BILLED_NOT_RECEIVED = "2000"
    DEFAULT_CHARGES = "2050"
    LEVY_FUND = "2100"
    OPPORTUNITY_PROVISION = "2110"
    BROKERAGE_POT = "2200"
    SCHEME_FUNDS = "2300"
    CREDITORS = "2400"
    VAT_CONTROL = "2500"
    SUSPENSE = "2900"
    UNALLOCATED_RECEIPTS = "2910"
    OPENING_BALANCES = "3000"
    LEVY_RETAINED = "4100"
    OTHER_INCOME = "4200"
    LAPSED_FUNDS = "5100"
    BANK_CHARGES = "6100"
    BAD_DEBTS = "6200"


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """What an account is called and what its balance is kept by ('' for no dimension)."""

    name: str
    dimension: str


CHART: dict[Account, AccountInfo] = {
    Account.LEVY_DEBTORS: AccountInfo("Levy debtors", "payer"),
    Account.BANK: AccountInfo("Bank", "bank account"),
    Account.MATCH_FUNDING_DEBTORS: AccountInfo("Match-funding debtors", "funder"),
    Account.LEVY_BILLED_NOT_RECEIVED: AccountInfo("Levy billed, not yet received", "member"),
    Account.DEFAULT_CHARGES: AccountInfo("Default charges", "framework"),
    Account.LEVY_FUND: AccountInfo("Levy fund (regular activity)", "member"),
    Account.OPPORTUNITY_PROVISION: AccountInfo("Opportunity provision", "member"),
    Account.BROKERAGE_POT: AccountInfo("Brokerage pot", "member"),
    Account.SCHEME_FUNDS: AccountInfo("Scheme funds", "scheme/source"),
    Account.CREDITORS: AccountInfo("Creditors", "payee"),
    Account.VAT_CONTROL: AccountInfo("VAT control", ""),
    Account.SUSPENSE: AccountInfo("Suspense", "bank account"),
    Account.UNALLOCATED_RECEIPTS: AccountInfo("Unallocated receipts", "payer"),
    Account.OPENING_BALANCES: AccountInfo("Opening balances", ""),
    Account.LEVY_RETAINED: AccountInfo("Levy retained for running costs", "framework"),
    Account.OTHER_INCOME: AccountInfo("Interest and other income", ""),
    Account.LAPSED_FUNDS: AccountInfo("Lapsed funds (restricted)", "member"),
    Account.BANK_CHARGES: AccountInfo("Bank charges and running costs", ""),
    Account.BAD_DEBTS: AccountInfo("Bad debts", ""),
}
