"""JSON whose amounts are numbers taken from pence: two decimals, and never a float between."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from levytool.money import format_pence


@dataclass(frozen=True, slots=True)
class Amount:
    """Pence that stand in JSON as a number of pounds: `1234.50`."""

    pence: int


Json = str | int | None | Amount | Mapping[str, "Json"] | Sequence["Json"]


def exact_json(value: Json) -> str:
    """The value as JSON, indented by one space a level, with a newline at its end."""
    return "".join(_parts(value, "\n")) + "\n"


def _parts(value: Json, line: str) -> Iterator[str]:
    inner = line + " "
    match value:
        case Amount(pence):
            yield format_pence(pence)
        case str() | int() | None:
            yield json.dumps(value, ensure_ascii=False)
        case Mapping():
            opened = "{"
            for key, item in value.items():
                yield f"{opened}{inner}{json.dumps(key, ensure_ascii=False)}: "
                yield from _parts(item, inner)
                opened = ","
            yield "{}" if opened == "{" else line + "}"
        case _:
            opened = "["
            for item in value:
                yield opened + inner
                yield from _parts(item, inner)
                opened = ","
            yield "[]" if opened == "[" else line + "]"
