"""Every package that an installation brings is pinned, by name and version and nothing else."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.source_tree import ROOT

PIN = re.compile(r"([A-Za-z0-9][\w.-]*)==([\w.!+]+)")


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    matches = [PIN.fullmatch(line) for line in lines]
    assert all(matches), "a line that is no exact pin"
    return {canonicalize_name(match[1]): match[2] for match in matches if match}


def _asked_for() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"].values()
    return [
        Requirement(text)
        for texts in [
            project["project"]["dependencies"],
            project["build-system"]["requires"],
            *extras,
            project["dependency-groups"]["dev"],
        ]
        for text in texts
    ]


def _needed(requirements: list[Requirement]) -> set[str]:
    """The named packages and, as far as they are installed here, what those need in turn."""
    found: set[str] = set()
    waiting = [(requirement, "") for requirement in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name in found and not requirement.extras:
            continue
        found.add(name)
        try:
            texts = distribution(name).requires or []
        except PackageNotFoundError:
            continue
        for text in texts:
            waiting += [(Requirement(text), taken) for taken in ["", *requirement.extras]]
    return found - {"levytool"}


def test_every_package_that_is_needed_is_pinned() -> None:
    assert _needed(_asked_for()) - set(_pins()) == set(), "run: make constraints"


def test_pins_are_within_what_the_project_asks_for() -> None:
    pins = _pins()
    outside = [
        f"{requirement} but {pins[name]}"
        for requirement in _asked_for()
        if (name := canonicalize_name(requirement.name)) in pins
        and not requirement.specifier.contains(pins[name])
    ]
    assert outside == []
