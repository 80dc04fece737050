"""What the columns of spend files are called: headers folded to words, words to target columns.

A header's words are a set, so that `Date of invoice` is `Invoice Date`. Each target lists what it
goes by, the most telling first: where a file has both `Net` and `Total`, net is read from `Net`.
"""

import re
from collections.abc import Mapping
from functools import cache

TARGETS = (
    "date", "month", "net", "vat", "gross", "invoice", "credits", "member", "contractor",
    "framework", "lot", "call_off", "description",
)  # fmt: skip
"""A layout's target columns (contract, *The book*)."""

EX_VAT_FIRST = 1000
"""What puts `Amount ex VAT` before every name of the net that is silent on VAT."""

CURRENCY = "currency"
SECTOR = "sector"

_WORD = re.compile(r"[a-z]+|[0-9]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_SAME_WORD = {
    "number": "no", "num": "no", "nr": "no", "nos": "no", "numbers": "no",
    "reference": "ref", "refs": "ref", "references": "ref",
    "excluding": "ex", "excl": "ex", "exc": "ex", "exclusive": "ex",
    "including": "inc", "incl": "inc", "inclusive": "inc",
    "inv": "invoice", "invoiced": "invoice", "invoices": "invoice",
    "amt": "amount", "val": "value", "desc": "description",
    "trans": "transaction", "transactions": "transaction", "txn": "transaction",
    "calloff": "call off", "fwk": "framework", "ccy": "currency", "vatable": "vat",
    "doc": "document", "dept": "department", "org": "organisation",
    "organization": "organisation", "paid": "payment", "works": "work", "identifier": "id",
}  # fmt: skip
_FILLERS = frozenset({
    "of", "the", "for", "in", "a", "an", "and", "name", "names", "gbp", "pounds", "sterling",
    "this", "dd", "mm", "yy", "yyyy", "mmm", "ddmmyyyy",
})  # fmt: skip

_SPOKEN: Mapping[str, tuple[str, ...]] = {
    "date": (
        "invoice date", "tax point date", "tax point", "document date", "valuation date",
        "date", "line date", "transaction date", "posting date", "posted date", "work date",
        "spend date", "payment date", "effective date", "accounting date", "gl date",
    ),
    "month": (
        "month", "return month", "reporting month", "spend month", "invoice month",
        "reporting period", "return period", "period", "payment month", "month ending",
    ),
    "net": (
        "net", "net amount", "net value", "net total", "net invoice value", "net invoice amount",
        "invoice net", "net spend", "net line amount", "net line value", "net cost", "net price",
        "net total value", "net total amount",
        "evidenced spend", "levyable spend", "spend", "total spend", "line amount",
        "line value", "line total", "goods", "goods value", "goods amount", "goods total",
        "subtotal", "sub total", "amount", "value", "work value", "valuation", "invoice value",
        "invoice amount",
        "invoice total", "total amount", "total value", "total invoice value",
        "total invoice amount", "total", "cost", "total cost", "price", "charge",
        "payment amount", "transaction amount", "transaction value", "turnover", "sales",
    ),
    "vat": ("vat", "vat amount", "vat value", "vat charge", "total vat", "tax", "tax amount"),
    "gross": ("gross", "gross amount", "gross value", "gross total", "gross invoice value"),
    "invoice": (
        "invoice no", "invoice", "invoice ref", "invoice id", "supplier invoice no",
        "document no", "document ref", "transaction no", "transaction ref", "transaction id",
        "transaction", "voucher no", "valuation no", "application no", "application",
        "certificate no",
        "our invoice no", "our invoice", "your invoice no", "your invoice", "their invoice no",
        "their invoice", "ref", "ref no", "document", "our ref", "your ref",
    ),
    "credits": (
        "credits", "credits invoice", "credits invoice no", "original invoice",
        "original invoice no", "original invoice ref", "credit note invoice", "invoice credited",
        "corrects invoice", "corrects", "related invoice", "related invoice no",
    ),
    "member": (
        "member", "client", "customer", "contracting authority", "authority", "local authority",
        "housing association", "landlord", "buyer", "buying organisation", "purchaser",
        "public body", "employer", "customer organisation", "member organisation",
        "client organisation", "member code", "member ref", "member id", "member no",
        "client code", "client ref", "client id", "customer code", "customer ref", "customer id",
        "customer urn", "customer no", "client no", "organisation", "body", "entity",
        "department",
    ),
    "contractor": (
        "contractor", "supplier", "main contractor", "vendor", "service provider", "provider",
        "creditor", "payee", "beneficiary", "merchant", "contractor code",
        "contractor ref", "contractor id", "contractor no", "supplier code", "supplier ref",
        "supplier id", "supplier no", "vendor code", "vendor id", "vendor no",
    ),
    "framework": (
        "framework", "framework title", "framework agreement", "framework code", "framework ref",
        "framework no", "framework id", "agreement", "agreement no", "agreement ref",
    ),
    "lot": ("lot", "lot no", "lot code", "lot ref", "lot id", "framework lot", "lot description"),
    "call_off": (
        "call off", "call off ref", "call off no", "call off contract", "call off id",
        "call off code", "call off contract ref", "call off contract no",
        "order", "order no", "order ref", "purchase order", "purchase order no",
        "purchase order ref", "po", "po no", "po ref", "work order", "work order no", "contract",
        "contract no", "contract ref", "contract id", "contract code", "project ref",
        "project code", "project no", "project", "job no", "job ref", "job", "scheme ref",
    ),
    "description": (
        "description", "line description", "item description", "work description",
        "description work", "invoice description", "project description", "service description",
        "goods description", "po line description", "narrative", "narration", "details",
        "line details", "comments",
    ),
    CURRENCY: ("currency", "currency code", "invoice currency"),
    SECTOR: ("sector", "member sector", "customer sector", "client sector"),
}  # fmt: skip


@cache
def header_words(header: str) -> frozenset[str]:
    """The telling words of a header: case, punctuation, currency signs and spelling folded."""
    text = _CAMEL.sub(" ", header).replace("#", " no ").casefold()
    words = " ".join(_SAME_WORD.get(word, word) for word in _WORD.findall(text)).split()
    return frozenset(word for word in words if word not in _FILLERS)


_RANKS: dict[frozenset[str], tuple[str, int]] = {}
for _target, _names in _SPOKEN.items():
    for _rank, _name in enumerate(_names):
        _RANKS.setdefault(header_words(_name), (_target, _rank))


def target_of(header: str) -> tuple[str, int] | None:
    """The target a header names, and how telling the name is (0 the most); None for none.

    Whatever names the net without its VAT is net before other names of it; with it, gross.
    """
    words = header_words(header)
    found = _RANKS.get(words)
    if found is not None or "vat" not in words:
        return found
    rest = words - {"ex", "inc", "vat"}
    target, rank = _RANKS.get(rest, ("", 0)) if rest else ("net", 0)
    if target != "net" or not words & {"ex", "inc"}:
        return None
    return ("net" if "ex" in words else "gross"), rank - EX_VAT_FIRST


def fold_header(header: str) -> str:
    """A header for comparing with one a layout names: case, punctuation and spaces folded."""
    return " ".join(re.findall(r"[^\W_]+", header.casefold()))
