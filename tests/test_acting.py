"""Who acts and on what day."""

import getpass
from datetime import UTC, date, datetime, timedelta

import pytest

from levytool.acting import acting_from, is_same_person
from levytool.problems import UsageError


def test_the_environment_says_who_and_when() -> None:
    acting = acting_from({"LEVYTOOL_USER": "ann", "LEVYTOOL_TODAY": "2014-04-10"})
    assert (acting.user, acting.today) == ("ann", date(2014, 4, 10))
    assert acting.posted == "2014-04-10T00:00:00.000000Z"


def test_spaces_do_not_make_a_second_person() -> None:
    assert acting_from({"LEVYTOOL_USER": " ann "}).user == "ann"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada", "Ada"),
        ("root", "ROOT"),
        ("Ren\u00e9", "rene\u0301"),
        ("\uff21da", "ada"),
        ("ada  king", "Ada King"),
        ("ada", "a\u200bda"),
        ("STRASSE", "stra\u00dfe"),
    ],
)
def test_another_spelling_does_not_make_a_second_person(one: str, other: str) -> None:
    assert is_same_person(one, other) and is_same_person(other, one)


def test_two_names_are_two_people() -> None:
    assert not is_same_person("ada", "adam")


def test_else_it_is_the_system_that_says() -> None:
    acting = acting_from({"LEVYTOOL_USER": "  ", "LEVYTOOL_TODAY": ""})
    assert acting.user == getpass.getuser()
    posted = datetime.strptime(acting.posted, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert datetime.now(UTC) - posted < timedelta(minutes=5)


def test_a_day_that_is_none_is_a_wrong_call() -> None:
    with pytest.raises(UsageError, match="LEVYTOOL_TODAY: '10/04/2014' is not a day"):
        acting_from({"LEVYTOOL_USER": "ann", "LEVYTOOL_TODAY": "10/04/2014"})


def test_a_user_whom_the_system_cannot_name_must_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise OSError("no name for this user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    with pytest.raises(UsageError, match="set LEVYTOOL_USER"):
        acting_from({})
