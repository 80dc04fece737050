"""From batches of rows to chunks of checked lines, with everything found on the way."""

from collections.abc import Iterable, Sequence
from itertools import compress
from json.encoder import encode_basestring
from typing import TypeVar, cast

from levytool.book.records import NET, Book
from levytool.intake.amounts import cell_text
from levytool.intake.columns import Columns, read_columns
from levytool.intake.container import Row
from levytool.intake.dates import is_numeric_date, month_first_format
from levytool.intake.gross import GrossWatch
from levytool.intake.lines import Findings, LineChunk
from levytool.intake.lookups import Lookups
from levytool.intake.options import ReadOptions
from levytool.intake.plan import Plan
from levytool.intake.rows import RowReader
from levytool.intake.verdicts import Verdicts
from levytool.money import format_pence
from levytool.periods import Month
from levytool.problems import Problem, UsageError
from levytool.text import counted

T = TypeVar("T")


class ChunkReader:
    """Turns the rows below one header into chunks of lines, in file order."""

    def __init__(
        self,
        plan: Plan,
        book: Book,
        lookups: Lookups,
        rows: RowReader,
        findings: Findings,
        options: ReadOptions,
        file: str,
    ) -> None:
        self._plan, self._lookups, self._findings, self._file = plan, lookups, findings, file
        self._verdicts = Verdicts(plan, rows, findings, file)
        self._gross = GrossWatch(plan, findings, file)
        self._period, self._whole_quarter = options.period, options.whole_quarter
        self._quarterly = {f.code for f in book.frameworks.values() if f.returns == "quarterly"}

    def read(self, first: int, rows: Sequence[Row]) -> LineChunk:
        """The good lines among `rows`, the first of which is row `first` of the file."""
        columns = read_columns(self._plan, self._lookups, rows)
        columns.marked.update(self._verdicts.suspects(rows))
        keep = self._verdicts.judge(first, rows, columns.net, columns.marked)
        chunk = self._chunk(first, columns, keep)
        self._note_rounded(first, columns, keep)
        self._gross.look(first, columns, keep)
        if self._period is not None:
            self._note_outside_period(self._period, chunk)
        return chunk

    def finish(self) -> None:
        """Every row has been read: settle what only the end of the file can tell."""
        self._verdicts.finish()
        self._note_month_first()
        self._gross.finish()

    def _chunk(self, first: int, columns: Columns, keep: bytearray) -> LineChunk:
        every = 0 not in keep

        def kept(values: Iterable[T]) -> list[T]:
            return list(values) if every else list(compress(values, keep))

        def codes(target: str) -> list[str]:
            # What stays in a kept row is never None: such rows were marked, and are no lines.
            return kept(cast(list[str], columns.read[target]))

        def texts(target: str) -> list[str]:
            if target not in self._plan.columns:
                constant = self._plan.constants.get(target, "").strip()
                return [constant] * keep.count(1)
            return kept(map(str.strip, columns.target_texts(self._plan, target)))

        dates, frameworks = codes("date"), codes("framework")
        self._require_quarterly(frameworks)
        return LineChunk(
            rows=kept(range(first, first + columns.count)),
            dates=dates,
            periods=self._periods(dates, frameworks),
            members=codes("member"),
            contractors=codes("contractor"),
            frameworks=frameworks,
            net_pence=kept(cast(list[int], columns.net.pence)),
            lots=codes("lot"),
            call_offs=texts("call_off"),
            invoices=texts("invoice"),
            credits=texts("credits"),
            descriptions=texts("description"),
            kept=kept(self._kept(columns)),
            base_pence={name: kept(base.pence) for name, base in columns.bases.items()},
        )

    def _periods(self, dates: list[str], frameworks: list[str]) -> list[str]:
        """Each line's reporting period; a quarterly framework's is its quarter's last month."""
        if self._period is not None:
            month, quarter = str(self._period), str(self._period.quarter_end())
            return [quarter if f in self._quarterly else month for f in frameworks]
        if self._quarterly.isdisjoint(frameworks):
            return [day[:7] for day in dates]
        quarters = self._lookups.quarters
        return [
            quarters[day] if framework in self._quarterly else day[:7]
            for day, framework in zip(dates, frameworks, strict=True)
        ]

    def _require_quarterly(self, frameworks: list[str]) -> None:
        """A quarter is no period of a line whose framework has monthly returns."""
        if self._period is None or not self._whole_quarter:
            return
        monthly = next((code for code in frameworks if code not in self._quarterly), None)
        if monthly is not None:
            raise UsageError(
                f"{self._file}: {self._period.quarter()} is a quarter, and returns for {monthly} "
                f"are monthly; give one month, such as --period {self._period}, or none, so that "
                "the month of each line's date counts"
            )

    def _kept(self, columns: Columns) -> Iterable[str]:
        """Each line's kept columns as a compact JSON object: cells as they stand, keys in order."""
        names = sorted(self._plan.kept)
        if not names:
            return [""] * columns.count
        template = ",".join(encode_basestring(n).replace("%", "%%") + ":%s" for n in names)
        values = (map(encode_basestring, columns.texts(self._plan.kept[name])) for name in names)
        return ["{" + template % row + "}" for row in zip(*values, strict=True)]

    def _note_month_first(self) -> None:
        """Warn where every date of the column can be month first, and some can be nothing else:
        those that could be read were read day first all the same, and may be other days."""
        plan, dates = self._plan, self._lookups.dates
        if "date" not in plan.columns or dates.in_own_format:
            return
        numeric = [text for text in dates if is_numeric_date(text)]
        forms = {text: month_first_format(text) for text in numeric}
        only_so = [text for text in numeric if dates[text] is None]
        if not only_so or None in forms.values():
            return
        read = len(numeric) - len(only_so)
        others = f", and {counted(read, 'other')} read day first" if read else ""
        form = forms[only_so[0]]
        self._findings.warnings.append(
            Problem(
                "month-first",
                f"the column looks month first: {counted(len(only_so), 'date')} can be nothing "
                f"else{others}",
                "if it is, add a layout to the book, [[layouts]] with name and "
                f'date_format = "{form}", and import it with --layout; else mend the dates',
                self._file,
                column=plan.title("date"),
                value=only_so[0],
            )
        )

    def _note_rounded(self, first: int, columns: Columns, keep: bytearray) -> None:
        """List each line that had an amount of more than two decimals, once."""
        sources = [(self._plan.columns.get(NET), columns.net)]
        sources += [(self._plan.bases[name], base) for name, base in columns.bases.items()]
        rounded: dict[int, Problem] = {}
        for source, amounts in sources:
            for index in amounts.exact_pence:
                pence = amounts.pence[index]
                if keep[index] and pence is not None and source is not None:
                    rounded.setdefault(
                        index,
                        Problem(
                            "rounded",
                            f"the amount has parts of a penny; {format_pence(pence)} was taken",
                            "state amounts to the penny",
                            self._file,
                            first + index,
                            self._plan.header.title(source),
                            cell_text(columns.cells[source][index]),
                        ),
                    )
        self._findings.rounded.extend(first + index for index in sorted(rounded))
        self._findings.warnings.extend(rounded[index] for index in sorted(rounded))

    def _note_outside_period(self, period: Month, chunk: LineChunk) -> None:
        """Warn about lines dated outside the period they are declared for."""
        month = period.first_day.isoformat(), period.last_day.isoformat()
        quarter_end = period.quarter_end()
        quarter = quarter_end.plus(-2).first_day.isoformat(), quarter_end.last_day.isoformat()
        for row, day, framework in zip(chunk.rows, chunk.dates, chunk.frameworks, strict=True):
            quarterly = framework in self._quarterly
            first, last = quarter if quarterly else month
            named = period.quarter() if quarterly else period
            if not first <= day <= last:
                self._findings.warnings.append(
                    Problem(
                        "outside-period",
                        f"the line is dated outside the period {named} it is declared for",
                        "check the date and the period",
                        self._file,
                        row,
                        self._plan.title(self._plan.when),
                        day,
                    )
                )
