"""`meantime simulate`: imagined readers, the same for the same seed, without a house."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from course.database import Database
from course.settings import Settings
from tests.course.courses import small_course
from tests.web.sample import publish_course
from web.cli.main import main

FEW = ("--readers", "120", "--days", "16")


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def simulate(*options: str, code: int = 0) -> Result:
    result = CliRunner().invoke(main, ["simulate", *options])
    assert result.exit_code == code, result.output
    return result


def values(*options: str) -> dict:
    return json.loads(simulate(*options, "--json").stdout)


def test_the_same_seed_gives_the_same_bytes(nowhere: Path):
    for name in ("a", "b"):
        told = simulate(*FEW, "--plot", f"{name}.svg").stdout
        simulate(*FEW, "--plot", f"{name}.png")
        Path(f"{name}.txt").write_text(told)
    for kind in ("svg", "png", "txt"):
        assert Path(f"a.{kind}").read_bytes() == Path(f"b.{kind}").read_bytes()
    assert simulate(*FEW, "--seed", "2").stdout != Path("a.txt").read_text()


def test_the_report_fits_a_terminal_and_names_peaks_and_lateness():
    told = simulate(*FEW).stdout
    assert max(map(len, told.splitlines())) <= 100
    for word in ("Mails a day", "Busiest day", "Busiest hour", "Needed", "20 a second", "99 % within", "Longest queue"):
        assert word in told
    assert "█" in told


def test_a_year_fits_as_well():
    told = simulate("--readers", "50", "--days", "366").stdout
    assert "Mails in 6 days" in told
    assert max(map(len, told.splitlines())) <= 110


def test_the_json_adds_up():
    found = values(*FEW)
    assert (
        found["mails"]
        == sum(found["kinds"].values())
        == sum(found["by_day"].values())
        == sum(found["by_hour"].values())
    )
    assert len(found["by_day"]) == 16
    assert found["busiest_day"]["mails"] == max(found["by_day"].values())
    assert (
        found["busiest_hour"]["mails"]
        == found["by_hour"][found["busiest_hour"]["hour"]]
        == max(found["by_hour"].values())
    )
    assert found["kinds"]["confirmation"] == 120
    assert 0 <= found["lateness"]["p50"] <= found["lateness"]["p99"] <= found["lateness"]["max"]


def test_a_slow_relay_is_later_and_none_is_never_late():
    slow, unlimited = values(*FEW, "--per-second", "0.01"), values(*FEW, "--per-second", "0")
    assert slow["lateness"]["p99"] > 60
    assert (unlimited["per_second"], unlimited["lateness"]["max"]) == (None, 0)
    assert "every mail leaves when it is due" in simulate(*FEW, "--per-second", "0").stdout


def test_a_folder_of_ones_own_and_a_day_of_ones_own(nowhere: Path):
    found = values(*FEW, "--course", str(small_course(nowhere / "mine")), "--start", "2028-02-28")
    assert (found["course"], found["start"]) == ("small", "2028-02-28")
    assert "2028-02-29" in found["by_day"]
    assert found["kinds"]["completion"] <= found["kinds"]["lesson"] / 2


def test_a_course_of_the_house(database: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch):
    with database.writing() as session:
        publish_course(session)
    monkeypatch.setenv("MEANTIME_DATABASE_URL", settings.database_url)
    assert values(*FEW, "--course", "slow-bread")["course"] == "slow-bread"
    assert "There is no course nowhere." in simulate("--course", "nowhere", code=1).output


def test_a_lesson_that_can_never_come_is_said_with_its_reason(nowhere: Path):
    folder = small_course(nowhere / "never")
    text = (folder / "course.yaml").read_text()
    (folder / "course.yaml").write_text(f"{text}  skip: [2027-01-01..2027-12-31, 2028-01-01..2028-12-31]\n")
    assert "Nobody would ever get this lesson" in simulate(*FEW, "--course", str(folder), code=1).output


@pytest.mark.parametrize("wrong", [("--plot", "x.gif"), ("--readers", "0"), ("--days", "367"), ("--per-second", "-1")])
def test_wrong_use_is_two(wrong: tuple[str, str]):
    simulate(*wrong, code=2)


def test_the_pictures_are_what_their_names_say():
    simulate(*FEW, "--plot", "x.png")
    assert Path("x.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    simulate(*FEW, "--plot", "x.SVG")
    assert Path("x.SVG").read_text().startswith("<svg ")
