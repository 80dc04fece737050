"""The floor: the least work that gives the same lines and documents, by SQLite's own shell.

The file goes into a table of texts; from it come lines under the unique key of a declaration, each
with its levy, and the sums that documents are raised from. No row is checked and nothing is posted.
"""

from pathlib import Path

from benchmarks.spend import RATE_CHANGES

SCRIPT = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA cache_size = -200000;
CREATE TABLE told (day TEXT, framework TEXT, contractor TEXT, member TEXT, call_off TEXT,
    invoice TEXT, net TEXT);
.mode csv
.import --skip 1 "{spend}" told
CREATE TABLE party (number INTEGER PRIMARY KEY, code TEXT UNIQUE);
INSERT OR IGNORE INTO party (code) SELECT DISTINCT framework FROM told;
INSERT OR IGNORE INTO party (code) SELECT DISTINCT contractor FROM told;
INSERT OR IGNORE INTO party (code) SELECT DISTINCT member FROM told;
BEGIN;
CREATE TABLE line (number INTEGER PRIMARY KEY, day TEXT, framework INTEGER, contractor INTEGER,
    member INTEGER, call_off TEXT, invoice TEXT, net INTEGER, levy INTEGER,
    UNIQUE (contractor, invoice, framework, call_off, day, net));
INSERT INTO line (day, framework, contractor, member, call_off, invoice, net, levy)
    SELECT t.day, f.number, c.number, m.number, t.call_off, t.invoice, t.pence,
        t.pence * CASE WHEN t.day < '{rate_changes}' THEN 5000 ELSE 10000 END
    FROM (SELECT *, CAST(replace(net, '.', '') AS INTEGER) AS pence FROM told) t
    JOIN party f ON f.code = t.framework
    JOIN party c ON c.code = t.contractor
    JOIN party m ON m.code = t.member;
CREATE TABLE document AS
    SELECT contractor, framework, substr(day, 1, 7) AS period, member, SUM(net) AS net,
        SUM(levy) AS levy
    FROM line GROUP BY contractor, framework, substr(day, 1, 7), member;
DROP TABLE told;
COMMIT;
SELECT COUNT(*), SUM(net) FROM line;
"""


def floor_script(spend: Path) -> str:
    """What the shell is given for a file of spend."""
    return SCRIPT.format(spend=spend, rate_changes=RATE_CHANGES)
