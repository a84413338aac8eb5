"""Windows and hubs of different versions meet on one store."""

import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

import session_buddy
from tests.system.processes import Place, Window, eventually, exported

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation of a newer version, in an environment of its own, so that its hubs are newer too."""
    home = tmp_path_factory.mktemp("newer")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home / "venv")], check=True)
    package = home / "code" / "session_buddy"
    shutil.copytree(Path(session_buddy.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    init = package / "__init__.py"
    text = init.read_text(encoding="utf-8").replace(f'"{session_buddy.__version__}"', '"99.0.0"')
    init.write_text(text, encoding="utf-8")
    python = home / "venv" / "bin" / "python"
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    paths = f"{home / 'code'}\n{sysconfig.get_path('purelib')}\n"
    (Path(site) / "newer.pth").write_text(paths, encoding="utf-8")
    return python


class NewerWindow(Window):
    """A window of the newer installation."""

    def __init__(self, place: Place, python: Path) -> None:
        self._python = python
        super().__init__(place, ["-m", "session_buddy"], program=str(python))


def test_an_older_hub_makes_room_for_a_newer_window_and_no_window_sees_an_error(place: Place, newer: Path) -> None:
    with Window(place) as old:
        old.initialize()
        ids = {old.track()}
        first_hub = place.hub_pid()
        with NewerWindow(place, newer) as new:
            assert new.initialize()["result"]["serverInfo"]["version"] == "99.0.0"
            ids |= {new.track(), old.track()}
            assert place.hub_pid() != first_hub
            ids |= {old.track(), new.track()}
    assert {row["invocation_id"] for row in exported(place)} == ids


def test_a_newer_hub_serves_older_windows(place: Place, newer: Path) -> None:
    with NewerWindow(place, newer) as new:
        new.initialize()
        hub = place.hub_pid()
        with Window(place) as old:
            assert old.initialize()["result"]["serverInfo"]["version"] == "99.0.0"
            old.track()
            assert place.hub_pid() == hub
        new.track()


def test_calls_in_progress_survive_the_handover(place: Place, newer: Path) -> None:
    with Window(place) as old:
        old.initialize()
        calls = [{"skill_name": "debugging", "user_query": f"q {number}"} for number in range(50)]
        requests = [old.ask("tools/call", {"name": "track_skill", "arguments": call}) for call in calls]
        with NewerWindow(place, newer) as new:
            new.initialize()
            ids = {old.answer(one)["result"]["structuredContent"]["invocation_id"] for one in requests}
            eventually(lambda: not old.call("track_skill", skill_name="debugging")["isError"])
    rows = exported(place)
    assert len(ids) == 50
    assert len(rows) == 51
    assert ids <= {row["invocation_id"] for row in rows}
