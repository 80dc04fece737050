"""Other people's programs that read what levytool writes."""

import os
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from levytool.money import parse_pounds


def hledger() -> str:
    """Debian's hledger, which `make test` installs where it may. In CI it may not be missing."""
    tool = shutil.which("hledger")
    if tool is None:
        reason = "hledger is not installed; on Debian: sudo apt-get install hledger"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return tool


def hledger_balances(journal: Path) -> Counter[str]:
    """What hledger makes of a journal, strictly checked: each account's balance in pence."""
    for arguments in (["check", "--strict"], ["balance", "--flat", "-N", "-O", "csv", "-E"]):
        done = subprocess.run(
            [hledger(), "-f", str(journal), *arguments],
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            env=os.environ | {"LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"},
        )
        assert (done.returncode, done.stderr) == (0, "")
    sums: Counter[str] = Counter()
    for line in done.stdout.splitlines()[1:]:
        name, amount = line.strip('"').split('","')
        pence = parse_pounds(amount.removesuffix("GBP").strip())
        if pence:
            sums[name] = pence
    return sums


def beancount_balances(ledger: Path) -> Counter[str]:
    """What beancount makes of a ledger, without complaint: each account's balance in pence."""
    from beancount import loader
    from beancount.core.data import Transaction

    entries, errors, _options = loader.load_file(str(ledger))
    assert errors == []
    sums: Counter[str] = Counter()
    for entry in entries:
        if isinstance(entry, Transaction):
            for posting in entry.postings:
                assert posting.units is not None
                assert posting.units.currency == "GBP"
                sums[posting.account] += int(posting.units.number * 100)
    return Counter({name: pence for name, pence in sums.items() if pence})
