"""hledger and beancount themselves read what levytool writes, and come to the same balances."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from levytool.exports.account_names import plain_name
from levytool.exports.batch import Batch, Written, journal_lines
from levytool.exports.beancount import write_beancount
from levytool.exports.hledger import write_hledger
from levytool.ledger.reports.finance_exports import PostedEntry
from tests.exports import batches
from tests.exports.batches import batch_of, nonzero
from tests.exports.programs import beancount_balances, hledger_balances

PROGRAMS = [(write_hledger, hledger_balances), (write_beancount, beancount_balances)]
Write = Callable[[Batch], Written]
Read = Callable[[Path], Counter[str]]


def balances(*made: Batch) -> Counter[str]:
    """What the entries of these exports add up to, by the names of their accounts."""
    sums: Counter[str] = Counter()
    for batch in made:
        for posted in batch.entries:
            for line in journal_lines(posted.entry.transfers):
                sums[plain_name(batch.settings, line.leg)] += line.pence
    return nonzero(sums)


@pytest.mark.parametrize(("write", "read"), PROGRAMS)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=batches.entries(), later=batches.entries())
def test_the_program_comes_to_our_balances(
    write: Write,
    read: Read,
    tmp_path: Path,
    found: tuple[PostedEntry, ...],
    later: tuple[PostedEntry, ...],
) -> None:
    first = batch_of(found)
    lines = [line for posted in found for line in journal_lines(posted.entry.transfers)]
    declared = frozenset(plain_name(first.settings, line.leg) for line in lines)
    second = batch_of(later, declared=declared)
    for name, batch in (("one", first), ("two", second)):
        (file,) = write(batch).files
        (tmp_path / name).write_text(file.text, encoding="utf-8")
    include = 'include "one"\ninclude "two"\n' if write is write_beancount else ""
    both = tmp_path / "both.txt"
    both.write_text(include or "include one\ninclude two\n", encoding="utf-8")
    assert read(both) == balances(first, second)
