"""Participants of a scheme, for tests of what is told of them."""

from datetime import date

from levytool.desk.brokerage.record_participant import leave, qualify, refer, start, work
from tests.desk.consortium import Books

REFERRED = date(2014, 1, 6)


def recruit(books: Books, scheme: str = "WORK", today: str = "2014-04-10") -> None:
    """Twelve referred to a scheme of four places: five started by March, and one left early.

    One completed and found work the day after; seven are of one target group, three of another.
    """
    office = books.office(today=today)
    for number in range(1, 13):
        group = "neet" if number <= 7 else "ex-offender" if number <= 10 else ""
        refer(office, f"P-{number:02}", scheme, REFERRED, group)
    for number in range(1, 5):
        start(office, f"P-{number:02}", REFERRED, 30, "coach")
    leave(office, "P-01", date(2014, 2, 28), "moved-away")
    start(office, "P-05", date(2014, 3, 3), 16)
    qualify(office, "P-02", "CSCS card", date(2014, 3, 14))
    qualify(office, "P-03", "CSCS card", date(2014, 3, 14))
    leave(*(office, "P-02", date(2014, 3, 31), "next-role"), completed=True, next_role="employment")
    work(office, "P-02", date(2014, 4, 1), None, 35)
