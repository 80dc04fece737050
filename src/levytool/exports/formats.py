"""The kinds of export, the system each is for, and who writes it."""

from collections.abc import Callable
from typing import NamedTuple

from levytool.exports.batch import Batch, Written
from levytool.exports.beancount import write_beancount
from levytool.exports.gl07 import write_gl07
from levytool.exports.hledger import write_hledger
from levytool.exports.sage import write_sage
from levytool.exports.xero_invoices import write_xero_invoices
from levytool.exports.xero_journal import write_xero_journal


class Format(NamedTuple):
    """A kind of export. Kinds for the same system share what has been given to it: no entry goes
    there twice. `documents`: it takes the entries of levy documents only. `declares`: the system
    wants each account declared once."""

    system: str
    write: Callable[[Batch], Written]
    documents: bool = False
    declares: bool = False


FORMATS = {
    "xero-journal": Format("xero", write_xero_journal),
    "xero-invoices": Format("xero", write_xero_invoices, documents=True),
    "sage": Format("sage", write_sage),
    "gl07": Format("gl07", write_gl07),
    "hledger": Format("hledger", write_hledger, declares=True),
    "beancount": Format("beancount", write_beancount, declares=True),
}
