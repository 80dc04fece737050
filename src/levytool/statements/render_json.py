"""A statement as one JSON document."""

import json

from levytool.statements.said import said
from levytool.statements.sections import Statement


def render_json(statement: Statement) -> str:
    """The figures with their hash, in the order of the contract."""
    return json.dumps(said(statement), ensure_ascii=False, indent=1) + "\n"
