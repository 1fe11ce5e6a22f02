"""Our own list of zones, from pinned data, whatever the machine has installed."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from course.schedule.zones import known_zone, zone, zones


@pytest.mark.parametrize("name", ["Europe/Berlin", "Europe/Kiev", "Europe/Kyiv", "Asia/Calcutta", "UTC", "Etc/GMT+5"])
def test_places_and_their_legacy_names_are_known(name):
    assert known_zone(name)
    assert zone(name).key == name


@pytest.mark.parametrize(
    "name",
    [
        "Mars/Base", "", " ", "../etc/passwd", "/etc/localtime", "localtime", "posixrules", "Factory", "a\0b", "\0",
        "europe/berlin", "Europe", "Europe/", "Europe/Berlin\n", "tzdata.zi", "x" * 5000, "\ud800", None, 5, ["UTC"],
    ],
)  # fmt: skip
def test_anything_else_is_refused_without_an_error(name):
    assert not known_zone(name)


def test_an_unknown_name_has_no_zone():
    assert zone("Mars/Base") is None
    assert zone(None) is None


def test_every_zone_of_the_list_loads_and_converts_there_and_back():
    noon = datetime(2027, 7, 1, 12, tzinfo=UTC)
    assert len(zones()) > 400
    assert list(zones()) == sorted(set(zones()))
    for name in zones():
        local = noon.astimezone(zone(name))
        assert local.astimezone(UTC) == noon
        assert abs(local.utcoffset()) <= timedelta(hours=14)


def test_a_zone_is_loaded_once():
    assert zone("Europe/Berlin") is zone("Europe/Berlin")


def test_the_machines_zone_data_is_never_consulted(tmp_path):
    (tmp_path / "Europe").mkdir()
    wrong = resources.files("tzdata") / "zoneinfo" / "UTC"
    (tmp_path / "Europe" / "Berlin").write_bytes(wrong.read_bytes())
    program = (
        "import zoneinfo; early = zoneinfo.ZoneInfo('Europe/Berlin')\n"
        "import json; from datetime import datetime; from course.schedule.zones import zone\n"
        "hours = [str(datetime(2027, 1, 1, tzinfo=z).utcoffset()) for z in (early, zone('Europe/Berlin'))]\n"
        "print(json.dumps(hours))"
    )
    environment = os.environ | {"PYTHONTZPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True, text=True)
    assert json.loads(done.stdout) == ["0:00:00", "1:00:00"]
