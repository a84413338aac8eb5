"""`model fetch` where nothing can be downloaded: the reasons."""

import json
from pathlib import Path

import pytest

from tests.system.processes import Place, run


@pytest.mark.parametrize("name", ["a/b/c", "../outside", "two words/x", "models/./x"])
def test_only_a_name_is_downloaded(place: Place, name: str) -> None:
    done = run(place.with_variables(SESSION_BUDDY_MODEL=name), "model", "fetch")
    assert done.returncode != 0
    assert "neither a folder on this machine nor a model's name" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_rejected_folder_is_named_with_its_reason(place: Place, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"auto_map": {"AutoModel": "evil.Model"}}), encoding="utf-8")
    done = run(place.with_variables(SESSION_BUDDY_MODEL=str(folder)), "model", "fetch")
    assert done.returncode != 0
    assert "auto_map" in done.stderr
    assert "Downloading" not in done.stderr


def test_a_failed_download_leaves_no_files(place: Place, tmp_path: Path) -> None:
    data = tmp_path / "data"
    unreachable = place.with_variables(
        SESSION_BUDDY_MODEL="some/model", XDG_DATA_HOME=str(data), HF_ENDPOINT="http://127.0.0.1:9"
    )
    done = run(unreachable, "model", "fetch")
    assert "could not be downloaded" in done.stderr
    assert list((data / "session-buddy" / "models").iterdir()) == []
