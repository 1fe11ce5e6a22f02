"""`meantime demo`, as a person runs it."""

import re
import subprocess
from pathlib import Path

from course.settings import surroundings
from web.demo.house import MEANTIME


def test_the_demo_takes_two_readers_through_the_course_and_is_content(tmp_path: Path):
    env = surroundings() | {"COLUMNS": "160", "TMPDIR": str(tmp_path)}
    done = subprocess.run([*MEANTIME, "demo"], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        len(re.findall(r"make-room|your-own-weather|trust-until|leave-while-it-is-good|the-open-door", done.stdout))
        == 10
    )
    assert "Ana, Europe/Berlin, wants lessons at 09:00" in done.stdout
    assert "Every lesson came once, in order, at its reader's hour" in done.stdout
    assert list(tmp_path.iterdir()) == [], "the throw-away folder is gone, and none of ours was made"
