"""A member's statement as plain figures, each at the path that its JSON has it."""

from levytool.statements.member import member_in_sections
from levytool.statements.said import Figures, said
from levytool.statements.values import MemberStatement


def figures(statement: MemberStatement) -> Figures:
    """All that the statement says, with the hash of it last."""
    return said(member_in_sections(statement))
