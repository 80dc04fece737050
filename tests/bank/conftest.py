"""What tests of the machines' formats share."""

import pytest

from levytool.bank.reading import read_statement_file


@pytest.fixture
def read(tmp_path):
    """Reads text as a bank's file whose name says nothing."""

    def reading(text, encoding="utf-8"):
        path = tmp_path / "statement.dat"
        path.write_bytes(text.encode(encoding))
        return read_statement_file(path)

    return reading
