"""What was joined, match by match, and the lines that each id of the spend reconciliation names."""

from dataclasses import dataclass

from levytool.reconcile.spend import Asked, Findings
from levytool.rules.matching.decisions import DIFFERENCE, SUGGESTION
from levytool.rules.matching.lines import Lines


@dataclass(frozen=True, slots=True)
class Joined:
    """Lines that are joined, and the rule that made the match. The id is what takes it apart."""

    id: str
    rule: str
    declared: Lines
    recorded: Lines


def joined_in(findings: Findings, asked: Asked) -> list[Joined]:
    """The matches with a line in the part asked for, by rule and then by what their lines say."""
    found = []
    for match in findings.open.matches:
        lines = match.declared, match.recorded
        if any(asked.has(line) for side in lines for line in side):
            decided = findings.decided.get(lines)
            known_as = decided.subject if decided else findings.identity(DIFFERENCE, *lines)
            found.append(Joined(known_as, match.rule, *lines))
    return sorted(found, key=lambda item: (item.rule, item.declared, item.recorded))


def lines_by_id(findings: Findings) -> dict[str, tuple[Lines, Lines]]:
    """The lines that each id names: whatever was joined or suggested, and each that stands alone.

    A pair that agrees has an id too, so that a person can take it apart by its line.
    """
    found: dict[str, tuple[Lines, Lines]] = {}
    for item in findings.open.suggestions:
        lines = item.declared, item.recorded
        found[findings.identity(SUGGESTION, *lines)] = lines
    for line in findings.open.declared:
        found[findings.identity(DIFFERENCE, (line,), ())] = (line,), ()
    for line in findings.open.recorded:
        found[findings.identity(DIFFERENCE, (), (line,))] = (), (line,)
    for match in findings.open.matches:
        lines = match.declared, match.recorded
        found[findings.identity(DIFFERENCE, *lines)] = lines
    for decision, *both in findings.rejected:
        found[decision.subject] = both[0], both[1]
    for lines, decision in findings.decided.items():
        found[decision.subject] = lines
    return found
