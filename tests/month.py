"""Two months of the sample consortium as the commands of its officers, and what they print.

The story is told once and run wherever it should come out the same: on SQLite, on PostgreSQL.
"""

import os
import shlex
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple
from unittest import mock

from levytool.cli.main import run_with
from levytool.ledger.database.places import shown

SAMPLE = Path(__file__).resolve().parents[1] / "sample_data"

LATER_BANK = """\
Date,Description,Amount
2025-07-07,ÉCLAT FUND NEXT STEPS,1500.00
2025-07-07,FOSBECK HEATING OPP-1,-2880.00
2025-07-08,FELLGATE COLLEGE D-1,-1320.00
2025-07-08,DUNMOOR REFUND,-0.83
2025-07-09,HMRC VAT,-100.00
2025-07-09,unknown payer,12.34
"""

LATE_LINES = """\
Contractor,Framework,Lot,Client,Order No,Invoice No,Invoice Date,Description,Net Amount
Kerridale Slate and Tile Ltd,ROOFS,1,Tarnside Homes,CO-1249,KS2504-92,2025-04-28,Credit,-120.00
Quarrybank Lifts Ltd,RETROFIT,,Fellgate City Council,CO-1,QL-1,2025-04-29,Lift,900.00
"""

MONTH = """
# 2025-05-09 ada
book check sample_data/book.toml
book plan sample_data/book.toml => 2
init
init
book show => 2
levy documents
opportunity due => 2
ledger balances
book plan sample_data/book.toml
book apply sample_data/book.toml --dry-run
book apply sample_data/book.toml --yes
book apply sample_data/book.toml --yes
book show
book draft sample_data/returns/2025-04/framework-office.csv -o draft.toml

spend import sample_data/bad/several-bad-rows.csv => 3
spend import sample_data/bad/several-bad-rows.csv --dry-run => 3
spend import sample_data/bad/several-bad-rows.csv --partial --errors to-mend.csv
spend list --return R-000001
return reject R-000001 --dry-run
return reject R-000001
return reject R-000002
return reject R-000002
return list

spend import sample_data/returns/2025-04/ashgill.csv --layout ashgill --dry-run
spend import sample_data/returns/2025-04/ashgill.csv --layout ashgill
return list --period 2025-04
period close 2025-04 => 4
return accept R-000003 --dry-run
return accept R-000003
return accept R-000003
return reject R-000003 => 4
spend import sample_data/returns/2025-04/beldon.xlsx --layout beldon --accept
spend import sample_data/returns/2025-04/cragford.csv --layout cragford --accept
spend import sample_data/returns/2025-04/dunmoor.txt --layout dunmoor
return accept --period 2025-04
spend import sample_data/returns/2025-04/eavesham.csv --layout eavesham --accept
spend import sample_data/returns/2025-04/fosbeck.csv --layout fosbeck --accept
spend import sample_data/returns/2025-04/framework-office.csv --accept
spend import sample_data/returns/2025-04/framework-office.csv
spend import sample_data/bad/already-declared.csv => 3
spend list --period 2025-04
spend list --member FELLGATE -O csv
return list --period 2025-04 -O markdown
return nil --contractor LOWMOSS --framework PLANNED --period 2025-04 => 4
levy documents --period 2025-04
check

# 2025-06-02 ada
bank import sample_data/bank/2025-05.csv --dry-run
bank import sample_data/bank/2025-05.csv
bank import sample_data/bank/2025-05.csv
bank list --open
bank identify B-000011 --as receipt --party DENHOLT
bank allocate B-000011 INV-000005 INV-000017 --dry-run
bank allocate B-000011 INV-000005 INV-000017
bank unallocate B-000011 INV-000017
bank allocate B-000011
bank allocate B-000011 INV-000017
bank identify B-000022 --as charge
bank identify B-000023 --as receipt --party DENHOLT
bank identify B-000023 --as interest --instead
bank refund B-000009 --reference refund-1 --dry-run
bank refund B-000009 --reference refund-1
bank refund B-000009 --reference refund-1
check

# 2025-06-09 ada
spend import sample_data/returns/2025-05/ashgill.csv --layout ashgill --accept
spend import sample_data/returns/2025-05/beldon.xlsx --layout beldon --accept
spend import sample_data/returns/2025-05/cragford.csv --layout cragford --accept
spend import sample_data/returns/2025-05/dunmoor.txt --layout dunmoor --accept
spend import sample_data/returns/2025-05/eavesham.csv --layout eavesham --accept
spend import sample_data/returns/2025-05/fosbeck.csv --layout fosbeck --accept
spend import sample_data/returns/2025-05/framework-office.csv --accept
spend import sample_data/returns/2025-05/ashgill.csv sample_data/returns/2025-06/ashgill.csv \
--layout ashgill --dry-run
spend import late.csv --accept --partial => 3
spend import late.csv --accept --supplement => 3
spend import late.csv --accept --supplement --add-parties --dry-run => 3
spend import late.csv --accept --supplement --partial --errors appoint.csv
levy documents --period 2025-04 -O csv
bank allocate CN-000001 INV-000024
bank unallocate CN-000001 INV-000024
bank allocate CN-000001 INV-000024
return nil --contractor FOSBECK --framework PLANNED --period 2025-06 --dry-run
return nil --contractor FOSBECK --framework PLANNED --period 2025-06
return nil --contractor FOSBECK --framework PLANNED --period 2025-06
return nil --contractor FOSBECK --framework PLANNED --period 2025-08 => 4
return list
opportunity due
opportunity due --as-at 2025-05-31
opportunity record --framework RETROFIT --member BRACKENWICK --contractor CRAGFORD --type \
apprenticeship --starts 2025-05-12 --weeks 52 --hours 1900 --evidence "contract, 12 May" \
--reference P-1
opportunity record --framework RETROFIT --member BRACKENWICK --contractor CRAGFORD --type \
apprenticeship --starts 2025-05-12 --weeks 52 --hours 1900 --evidence "contract, 12 May" \
--reference P-1
opportunity verify O-000001 => 4

# 2025-06-10 tom
opportunity verify O-000001
opportunity verify O-000001
opportunity pay O-000001 --amount=2600.00 --payee "Fosbeck Heating Ltd" --reference OPP-0
opportunity pay O-000001 --reverse --reason "it was 2,400" --dry-run
opportunity pay O-000001 --reverse --reason "it was 2,400"
opportunity pay O-000001 --reverse --reason "it was 2,400"
opportunity pay O-000001 --amount=2400.00 --vat=480.00 --payee "Fosbeck Heating Ltd" \
--reference OPP-1
opportunity pay O-000001 --amount=2400.00 --vat=480.00 --payee "Fosbeck Heating Ltd" \
--reference OPP-1
opportunity list
bank payable
bank payments --into run.csv --dry-run
bank payments --into run.csv
bank payments --into again.csv
opportunity waive --framework RETROFIT => 4
check

# 2025-07-02 ada
bank import sample_data/bank/2025-06.csv
bank list --period 2025-06
pot release --period 2025-06 --dry-run
pot release --period 2025-06
pot list
pot list --as-at 2025-05-31
pot list --known-on 2025-06-09
pot transfer --from FELLGATE --to TARNSIDE --amount=100.00 --reference T-1

# 2025-07-03 tom
pot transfer --from FELLGATE --to TARNSIDE --amount=100.00 --reference T-1
scheme propose NEXT-STEPS --member BRACKENWICK,FELLGATE --title "Next steps – £ for residents" \
--budget=6000.00 --places 2 --area E08990002
scheme propose AFTER --member TARNSIDE --title "after" --budget=500.00 --places 1
scheme approve NEXT-STEPS => 4

# 2025-07-04 ada
scheme approve NEXT-STEPS
scheme approve AFTER
scheme commit NEXT-STEPS --member BRACKENWICK --amount=1500.00 --reference C-1
scheme commit NEXT-STEPS --member FELLGATE --amount=1500.00 --reference C-2
scheme commit NEXT-STEPS --member FELLGATE --amount=1500.00 --reference C-2
scheme commit NEXT-STEPS --member BRACKENWICK --amount=900000.00 => 4
scheme fund NEXT-STEPS --funder "Éclat Fund" --amount=2000.00 --reference F-1
scheme fund NEXT-STEPS --funder "apex fund" --amount=500.00 --reference F-2
scheme draw NEXT-STEPS --amount=1100.00 --vat=220.00 --payee "Fellgate College" --reference D-1
scheme draw NEXT-STEPS --amount=999999.00 --payee "Fellgate College" --reference D-2 => 4
scheme draw NEXT-STEPS --amount=77.01 --vat=15.40 --payee "Fellgate College" --reference D-2
scheme draw NEXT-STEPS --reference D-2 --reverse --reason "it was 71.07" --dry-run
scheme draw NEXT-STEPS --reference D-2 --reverse --reason "it was 71.07"
scheme draw NEXT-STEPS --reference D-2 --reverse --reason "it was 71.07"

# 2025-07-10 ada
bank import later.csv
bank identify B-000048 --as match-funding --party "Éclat Fund" --scheme NEXT-STEPS
bank identify B-000049 --as payment --party "Fosbeck Heating Ltd"
bank identify B-000050 --as payment --party "Fellgate College"
bank identify B-000051 --as refund --party DUNMOOR
bank identify B-000052 --as vat
bank list
scheme draw NEXT-STEPS --amount=300.00 --payee "Fellgate College" --reference D-3
participant refer P-0001 --scheme NEXT-STEPS --on 2025-06-30 --target-group neet --dry-run
participant refer P-0001 --scheme NEXT-STEPS --on 2025-06-30 --target-group neet
participant refer P-0001 --scheme NEXT-STEPS --on 2025-06-30 --target-group neet
participant refer P-0002 --scheme next-steps
participant refer P-0003 --scheme NEXT-STEPS --on 2025-06-30
participant refer "Jane Doe" --scheme NEXT-STEPS => 2
participant start P-0003 --on 2025-06-29 --hours 30 => 4
participant start P-0001 --on 2025-07-01 --hours 30 --mentor coach
participant start P-0003 --on 2025-07-01 --hours 30 --mentor tutor
participant start P-0002 --on 2025-07-10 --hours 16 => 4
participant leave P-0003 --on 2025-07-08 --reason moved-away
participant start P-0002 --on 2025-07-10 --hours 16
participant milestone P-0001 --title "First week" --on 2025-07-08
participant qualify P-0001 --title "Health and safety, level 1" --on 2025-07-09
participant qualify P-0002 --title "Health and safety, level 1" --on 2025-07-10
participant withdraw P-0002 --reason wrong-person --dry-run
participant withdraw P-0002 --reason wrong-person
participant withdraw P-0002 --reason wrong-person
participant list
participant list --scheme NEXT-STEPS --as-at 2025-07-01 -O csv
participant list --known-on 2025-07-09
participant show P-0002
scheme list
scheme list --as-at 2025-07-08
scheme show NEXT-STEPS
scheme close NEXT-STEPS --dry-run
scheme close NEXT-STEPS
scheme show NEXT-STEPS
participant start P-0002 --on 2025-07-10 --hours 20 => 4
participant leave P-0001 --on 2025-07-09 --reason next-role --completed --next-role employment
participant work P-0001 --from 2025-07-10 --hours 37
statement scheme NEXT-STEPS --period 2025-07 --format text
statement scheme NEXT-STEPS --period 2025-07 --format json
statement consortium --period 2025-07 --format csv
pot list
check

# 2025-07-11 ada
explain R-000003
explain R-000005/3
explain INV-000008
explain CN-000001
explain B-000004
explain B-000011
explain B-000048
explain O-000001
explain E-000001
explain FELLGATE/2025-06
explain NEXT-STEPS
explain INV-000008 -O plain
explain NOTHING => 2
statement member BRACKENWICK --period 2025-05..2025-07 --format json
statement member BRACKENWICK --period 2025-05..2025-07 --format text
statement member BRACKENWICK --period 2025-05..2025-07 --format html
statement member BRACKENWICK --period 2025-05..2025-07 --format csv
statement member TARNSIDE --period 2025-06 --known-on 2025-07-02 --format json
statement member --all --period FY2025 --format json --into statements
levy document INV-000008 --format json
levy document INV-000008 --format text
levy document INV-000008 --format html
levy document INV-000008 --format pdf -o INV-000008.pdf
levy vat --period 2025-Q2
levy vat --period 2025-07 -O csv
bank payable
bank payable --as-at 2025-06-30
bank payments
ledger balances
ledger balances --as-at 2025-05-31
ledger balances --known-on 2025-06-09
ledger journal
ledger journal --period 2025-05 -O csv
period status
period close 2025-05
period close 2025-05
period reopen 2025-05 --reason "late credit note" --yes

# 2025-07-12 tom
period reopen 2025-05 --reason "late credit note" --yes
period close 2025-05
period status
spend import sample_data/returns/2025-06/ashgill.csv --layout ashgill --accept
spend import sample_data/returns/2025-06/cragford.csv --layout cragford --repeated reject => 3
spend import sample_data/returns/2025-06/cragford.csv --layout cragford --accept
spend import sample_data/returns/2025-06/framework-office.csv --accept

# 2025-08-11 tom
spend import sample_data/returns/2025-07/beldon.xlsx --layout beldon --accept
spend import sample_data/returns/2025-07/cragford.csv --layout cragford --accept
spend import sample_data/returns/2025-07/framework-office.csv --accept
return due --period 2025-07
return due -O csv
return excuse --contractor ASHGILL --framework ROOFS --period 2025-07 --reason "no works"
return excuse --contractor ASHGILL --framework ROOFS --period 2025-07 --reason "no works"
return list --period 2025-07
levy write-off INV-000055 --reason "in liquidation"

# 2025-08-12 ada
levy write-off INV-000055 --reason "in liquidation"
levy write-off INV-000055 --reason "in liquidation"
levy documents --period 2025-05
explain INV-000055
statement member TARNSIDE --period 2025-05..2025-08 --format json
check

# 2025-08-13 ada
return amend R-000003 --row 6 --net=5000.00 --into again.csv
return correct R-000003 again.csv => 2
return correct R-000003 again.csv --dry-run
return correct R-000003 again.csv --yes --reason "price agreed"
return correct R-000003 again.csv --yes
return correct R-000003 --nil --yes => 4
return list --period 2025-04
spend list --return R-000003
levy documents --period 2025-04
opportunity due --as-at 2025-05-31
statement member FELLGATE --period 2025-04..2025-08 --format json
check

# 2026-03-02 ada
levy vat-relief INV-000055 --dry-run
levy vat-relief INV-000055
levy vat-relief INV-000055
levy vat --period 2026-Q1
levy interest
levy interest --to 2026-02-28 --payer TARNSIDE --charge --dry-run
levy interest --to 2026-02-28 --payer TARNSIDE --charge
levy interest --to 2026-02-28 --payer TARNSIDE --charge
levy document INV-000097 --format json
explain INV-000097
levy credit-interest INV-000098 --reason "the delay was ours"
levy credit-interest INV-000098 --reason "the delay was ours"
levy interest --to 2026-02-28 --payer TARNSIDE
levy awards
levy awards --framework PLANNED --member FELLGATE
levy write-off INV-000055 --reverse --reason "a dividend came"
check

# 2026-03-03 tom
levy write-off INV-000055 --reverse --reason "a dividend came"
levy write-off INV-000055 --reverse --reason "a dividend came"
check

# 2025-08-14 ada
export xero-invoices --period 2025-05..2025-08 --into exports/invoices
export xero-journal --period 2025-05..2025-08 --into exports/journals --dry-run
export xero-journal --period 2025-05..2025-08 --into exports/journals
export xero-journal --period 2025-05..2025-08 --into exports/journals
export xero-journal --again X-000002 --into exports/again
export sage --period 2025-05 --into exports/sage => 3
export gl07 --period FY2025 --into exports/gl07
export hledger --period FY2025 --into exports/hledger
export beancount --period FY2025 --into exports/beancount
export open-data --period 2025-04 --into exports/open => 3
export list

# 2025-08-14 ada
spend import sample_data/ledgers/2025-04.csv --as member-ledger --dry-run
spend import sample_data/ledgers/2025-04.csv sample_data/ledgers/2025-05.csv --as member-ledger
spend import sample_data/ledgers/2025-04.csv --as member-ledger
reconcile spend --period 2025-04 => 5
reconcile spend --period FY2025 --member FELLGATE -O csv => 5
reconcile decide R-000006/10 --match M-000001/61 --note "one job" --dry-run
reconcile decide R-000006/10 --match M-000001/61 --note "one job"
reconcile decide R-000006/10 --match M-000001/61 --note "one job"
reconcile decide D-NOTHING --accept => 2
reconcile spend --period 2025-04 -O plain => 5
reconcile decisions
reconcile report --period 2025-04 --format json
reconcile report --period 2025-04..2025-06 --format html -o reconciled.html
reconcile report --period 2025-04 --format xlsx -o reconciled.xlsx
period close 2025-06 --dry-run => 4
dashboard -o glance.html
reconcile decide R-000006/10 --undo
reconcile review --period 2025-04 => 2
spend withdraw M-000001 --reason "to come again"
spend ledgers
reconcile spend --period 2025-05 => 5
check

# 2025-08-15 ada
statement list
statement member BRACKENWICK --period 2025-05..2025-06 --final --dry-run
statement member BRACKENWICK --period 2025-05..2025-06 --final
statement member BRACKENWICK --period 2025-05..2025-06 --final => 4
statement member BRACKENWICK --period 2025-08 --final => 4
statement consortium --period 2025-06 --final --format text

# 2025-08-15 tom
statement member BRACKENWICK --period 2025-05..2025-06 --final
statement member BRACKENWICK --period 2025-05..2025-06 --final
statement consortium --period 2025-06 --final
statement member BRACKENWICK --issued ST-000001 --format pdf -o issued.pdf
statement member --issued ST-000001 --format xlsx -o issued.xlsx
statement verify issued.pdf
statement verify issued.xlsx
statement verify later.csv => 3
statement list --known-on 2025-08-14
statement list
explain ST-000001
check

# 2025-08-16 ada
spend import sample_data/returns/2025-06/beldon.xlsx --layout beldon --accept
pot release --period 2025-06
statement verify issued.pdf => 5
statement member BRACKENWICK --period 2025-07 --format json
statement member BRACKENWICK --period 2025-07 --format text
statement contractor ASHGILL --period 2025-07 --format json
statement consortium --period 2025-07 --format json
explain statement:BRACKENWICK:2025-07:opening_balance
check

# 2031-01-31 ada
opportunity waive --framework RETROFIT
# 2031-01-31 tom
opportunity waive --framework RETROFIT
opportunity waive --framework RETROFIT
opportunity due
return list
check
reconcile ledger
reconcile ledger --account 2910 -O json
ledger journal
"""

NO_TABLE = ("init", "book show", "book draft", "dashboard")
"""Commands that print no table, and take no form to print it in."""


class Told(NamedTuple):
    """One command of the story: what it was, its exit code, and what it printed."""

    command: str
    code: int
    out: str
    err: str


class Month(NamedTuple):
    """The whole story as it came out, and every file that was written on the way."""

    told: tuple[Told, ...]
    expected: tuple[int, ...]
    files: Mapping[str, bytes]


def keep_month(folder: Path, place: str) -> Month:
    """Run the story in an empty folder, on the ledger at `place`.

    Where messages name the place, "LEDGER" stands for it.
    """
    (folder / "sample_data").symlink_to(SAMPLE)
    (folder / "later.csv").write_text(LATER_BANK, encoding="utf-8")
    (folder / "late.csv").write_text(LATE_LINES, encoding="utf-8")
    ours = {name: value for name, value in os.environ.items() if not name.startswith("LEVYTOOL_")}
    told, expected = [], []
    before = Path.cwd()
    os.chdir(folder)
    try:
        for day, user, command, code in _steps():
            settings = {"LEVYTOOL_LEDGER": place, "LEVYTOOL_TODAY": day, "LEVYTOOL_USER": user}
            with mock.patch.dict(os.environ, ours | settings, clear=True):
                given = run(command)
            told.append(given._replace(err=given.err.replace(shown(place), "LEDGER")))
            expected.append(code)
    finally:
        os.chdir(before)
    written = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for place in ("*.*", "statements/*", "exports/*/*")
        for path in sorted(folder.glob(place))
        if not path.name.startswith("books.db")
    }
    return Month(tuple(told), tuple(expected), written)


def run(command: str) -> Told:
    """Give one command, in JSON where it has a form to choose and none is chosen."""
    words = shlex.split(command)
    if not command.startswith(NO_TABLE) and not {"-O", "--format"} & set(words):
        words += ["-O", "json"]
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        code = run_with(words)
    return Told(command, code, out.getvalue(), err.getvalue())


def _steps() -> list[tuple[str, str, str, int]]:
    """Day, user, command and expected exit code of each line of the story."""
    steps = []
    day = user = ""
    for line in MONTH.splitlines():
        if line.startswith("#"):
            _mark, day, user = line.split()
        elif line:
            command, _arrow, code = line.partition(" => ")
            steps.append((day, user, command, int(code or 0)))
    return steps
