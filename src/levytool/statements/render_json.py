"""A statement as one JSON document."""

import json

from levytool.statements.figures import figures
from levytool.statements.values import MemberStatement


def render_json(statement: MemberStatement) -> str:
    """The figures with their hash, in the order of the contract."""
    return json.dumps(figures(statement), ensure_ascii=False, indent=1) + "\n"
