"""What is said of the levy of a staged return that bands charge only once it is accepted."""

import pytest

from levytool.cli.main import run_with
from tests.cli.shell import Ran
from tests.desk.consortium import book_text

SAID = (
    "warning: R-000002: by bands: the levy is charged on acceptance, with what was accepted "
    "before; shown is that of each line alone; what it comes to now: levytool "
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs commands over a book with bands, of which a first return is accepted."""
    banded = (
        'per = "contractor-year"\nmode = "marginal"\n'
        'bands = [{ up_to = "100000.00", rate = "2%" }, { rate = "1%" }]'
    )
    flat = '[[frameworks]]\ncode = "FLAT"\ntitle = "Flat"\nstarts = 2012-04-01\n'
    flat += '[[frameworks.levy]]\nfrom = 2012-04-01\npayer = "contractor"\nrate = "1%"\n'
    text = book_text(opportunities=None).replace('rate = "1%"', banded) + flat
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEVYTOOL_TODAY", "2014-06-02")
    (tmp_path / "book.toml").write_text(text, encoding="utf-8")
    lines = {"april": ("04", "A1"), "may": ("05", "A2")}
    for name, (month, invoice) in lines.items():
        (tmp_path / f"{name}.csv").write_text(
            f"Invoice,Date,Member,Net\n{invoice},05/{month}/2014,SALIX,100000.00\n",
            encoding="utf-8",
        )

    def command(*words) -> Ran:
        capsys.readouterr()
        return Ran(run_with(list(words)), *capsys.readouterr())

    def done(*words) -> Ran:
        ran = command(*words)
        assert ran.code == 0, ran.err
        return ran

    done("init")
    done("book", "apply", "book.toml", "--yes")
    ran = done("spend", "import", "april.csv", *OF_BROOKS, "--framework", "REGEN", "--accept")
    assert "by bands" not in ran.err
    return done


OF_BROOKS = ("--contractor", "BROOKS")


def test_a_staged_return_by_bands_says_that_its_levy_is_charged_on_acceptance(run) -> None:
    may = ("spend", "import", "may.csv", *OF_BROOKS, "--framework", "REGEN")
    tried = run(*may, "--dry-run").err
    assert SAID + "spend import may.csv … --accept --dry-run" in tried
    assert "by bands" not in run(*may, "--accept", "--dry-run").err
    staged = run(*may)
    assert "2000.00" in staged.out
    assert SAID + "return accept R-000002 --dry-run" in staged.err
    listed = run("return", "list")
    assert "2000.00" in listed.out
    assert SAID + "return accept R-000002 --dry-run" in listed.err
    again = run(*may)
    assert "seen-before" in again.err and SAID in again.err
    assert run("return", "list", "-O", "json").json[1]["levy"] == "2000.00"
    assert "1000.00" in run("return", "accept", "R-000002", "--dry-run").out
    run("return", "accept", "R-000002")
    assert "by bands" not in run("return", "list").err + run(*may).err


def test_a_staged_return_without_bands_says_nothing_of_them(run) -> None:
    ran = run("spend", "import", "may.csv", *OF_BROOKS, "--framework", "FLAT")
    assert "by bands" not in ran.err + run("return", "list").err
