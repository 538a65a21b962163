"""Tables to files: one form, the same bytes, all or none."""

import gzip

import pandas as pd
import pytest

from recsys_lib.simulation import World, files, simulate
from recsys_lib.simulation.__main__ import main
from recsys_lib.simulation.files import NAMES, file_name, to_csv, write_tables


@pytest.fixture(scope="module")
def tables():
    return simulate(World(seed=3, n_viewers=40, weeks=3))


def test_the_form_of_a_file():
    table = pd.DataFrame({
        "title_id": [1, 2],
        "added_on": pd.to_datetime(["2025-01-06", None]),
        "at": pd.to_datetime(["2025-01-06 20:15:00", "2025-01-07 00:00:00"]),
        "finished": [True, False],
        "completion": [0.5, 1.0],
        "synopsis": ["Él, she", 'and "they"'],
    })  # fmt: skip
    assert to_csv(table) == (
        "title_id,added_on,at,finished,completion,synopsis\n"
        '1,2025-01-06,2025-01-06 20:15:00,1,0.5,"Él, she"\n'
        '2,,2025-01-07 00:00:00,0,1.0,"and ""they"""\n'
    )


def test_the_same_tables_give_the_same_bytes(tables, tmp_path):
    for folder in ("one", "two"):
        write_tables(tables, tmp_path / folder)
    for name in NAMES:
        one, two = ((tmp_path / folder / file_name(name)) for folder in ("one", "two"))
        assert one.read_bytes() == two.read_bytes()
        assert one.read_bytes()[4:8] == bytes(4)  # no time in the header


def test_a_table_can_be_read_with_one_call(tables, tmp_path):
    write_tables(tables, tmp_path)
    again = pd.read_csv(tmp_path / "plays.csv.gz")
    assert again["minutes"].tolist() == tables.plays["minutes"].tolist()


def test_when_writing_fails_the_old_files_stay_and_nothing_else(tables, tmp_path, monkeypatch):
    write_tables(tables, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(*arguments, **keywords):
        raise OSError("no space left on device")

    monkeypatch.setattr(files.gzip, "compress", full)
    with pytest.raises(OSError, match="no space"):
        write_tables(tables, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_the_command_writes_all_tables_and_shows_its_progress(tmp_path, capfd):
    options = ["--seed", "3", "--viewers", "40", "--weeks", "3", "--out", str(tmp_path)]
    assert main(options) == 0
    shown = capfd.readouterr()
    assert "Days at Matinee: 100%" in shown.err
    assert "viewers 40" in shown.out
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(map(file_name, NAMES))
    expected = to_csv(simulate(World(seed=3, n_viewers=40, weeks=3)).plays)
    assert gzip.decompress((tmp_path / "plays.csv.gz").read_bytes()).decode() == expected


def test_a_wrong_option_is_one_line_and_nothing_is_written(tmp_path, capfd):
    assert main(["--viewers", "0", "--out", str(tmp_path)]) == 2
    assert "n_viewers must be an integer of at least 1" in capfd.readouterr().err
    assert list(tmp_path.iterdir()) == []
