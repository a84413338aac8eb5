"""Making lock files from a package index: here a small one of its own, on this machine."""

import hashlib
import http.server
import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.lock import files
from tools.lock.index import Index
from tools.lock.make import Maker
from tools.lock.project import Inputs

pytestmark = pytest.mark.slow

NEEDED = {
    "app": ['onlywin; sys_platform == "win32"', 'old>=1; python_version < "3.12"', 'more; extra == "x"'],
    "torch": ['gpu==2; platform_system == "Linux"', "plain"],
    "model": ["torch>=1"],
}
WHEEL = "py3-none-any.whl"


class Server(http.server.ThreadingHTTPServer):
    """An index in the JSON form of the simple API; `names` lists the files of each package."""

    names: dict[str, list[str]]


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        name = self.path.strip("/").split("/")[-1]
        if name.endswith(".metadata"):
            package = name.split("-")[0]
            lines = ["Metadata-Version: 2.4", f"Name: {package}", "Version: 1"]
            self.send(("\n".join(lines + [f"Requires-Dist: {one}" for one in NEEDED.get(package, [])])).encode())
        elif name in self.server.names:
            listed = [{"filename": one, "url": f"../files/{one}", "hashes": {"sha256": digest(one)}, "size": 1,
                       "yanked": "no-good" in one} for one in self.server.names[name]]  # fmt: skip
            self.send(json.dumps({"files": listed}).encode())
        else:
            self.send_error(404)

    def send(self, body: bytes) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        pass


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0), Handler)
    server.names = {name: [f"{name}-1-{WHEEL}"] for name in ("app", "onlywin", "old", "plain", "model", "tool", "back")}
    server.names |= {
        "editables": [f"editables-1-{WHEEL}"],
        "gpu": [f"gpu-2-{WHEEL}"],
    }
    server.names["torch"] = [
        f"torch-1-cp{python}-cp{python}-{one}.whl"
        for python in (311, 312, 313)
        for one in ("manylinux_2_28_x86_64", "manylinux_2_28_aarch64", "macosx_12_0_arm64", "win_amd64")
    ]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def inputs(**versions: str) -> Inputs:
    known = dict.fromkeys(("app", "onlywin", "old", "torch", "plain", "model", "tool", "back", "editables"), "1")
    groups = {"core": ["app"], "model": ["model"], "dev": ["tool"], "build": ["back==1", "editables"]}
    return Inputs(known | {"gpu": "2"} | versions, groups, "f" * 64)


def make(server: Server, root: Path, needs: Inputs | None = None) -> dict[str, files.Lock]:
    index = Index([f"http://127.0.0.1:{server.server_port}/simple"], [root])
    return {group: files.parse(text) for group, text in Maker(needs or inputs(), index).make(root).items()}


def test_each_package_is_locked_for_the_targets_that_need_it(server: Server, tmp_path: Path) -> None:
    made = make(server, tmp_path)
    markers = {name: entry.marker for lock in made.values() for name, entry in lock.entries.items()}
    assert markers == {
        "app": "",
        "onlywin": 'sys_platform == "win32"',
        "old": 'python_version < "3.12"',
        "torch": 'sys_platform != "darwin" or platform_machine == "arm64"',
        "plain": "",
        "model": "",
        "gpu": 'sys_platform == "linux"',
        "tool": "",
        "back": "",
        "editables": "",
    }
    assert set(made["cuda"].entries) == {"gpu"}
    assert set(made["torch"].entries) == {"torch"}
    assert set(made["build"].entries) == {"back", "editables"}


def test_all_usable_wheels_and_no_other_files_are_listed(server: Server, tmp_path: Path) -> None:
    server.names["app"] += [f"app-1-cp39-cp39-{one}.whl" for one in ("win_amd64", "manylinux_2_28_x86_64")]
    server.names["app"] += ["app-1-cp311-abi3-win_amd64.whl", "app-1.tar.gz", f"app-2-{WHEEL}", "app-1-no-good.whl"]
    listed = make(server, tmp_path)["core"].entries["app"].hashes
    assert set(listed) == {digest(f"app-1-{WHEEL}"), digest("app-1-cp311-abi3-win_amd64.whl")}


def test_a_source_archive_is_listed_only_where_a_wheel_lacks(server: Server, tmp_path: Path) -> None:
    server.names["old"] = ["old-1-py3-none-win_amd64.whl", "old-1.tar.gz"]
    index = Index([f"http://127.0.0.1:{server.server_port}/simple"], [])
    text = Maker(inputs(), index).make(tmp_path)["core"]
    assert (
        "# Built from its source archive on: Darwin arm64, Darwin x86_64, Linux aarch64, Linux x86_64\nold==1" in text
    )
    assert digest("old-1.tar.gz") in text


@pytest.mark.parametrize(
    ("names", "versions", "message"),
    [
        ({"plain": ["plain-1-py3-none-win_amd64.whl"]}, {}, "no wheel of plain 1 for"),
        ({"plain": [f"plain-2-{WHEEL}"]}, {}, "no file of plain 1"),
        ({"gpu": [f"gpu-3-{WHEEL}"]}, {"gpu": "3"}, "constraints.txt has gpu 3, but gpu==2; "),
    ],
)
def test_what_cannot_be_locked_is_named(
    server: Server, tmp_path: Path, names: dict[str, list[str]], versions: dict[str, str], message: str
) -> None:
    server.names |= names
    with pytest.raises(LookupError, match=message):
        make(server, tmp_path, inputs(**versions))


def test_a_package_without_a_version_is_named(server: Server, tmp_path: Path) -> None:
    needs = inputs()
    del needs.versions["onlywin"]
    with pytest.raises(LookupError, match=r"constraints\.txt has no version of onlywin"):
        make(server, tmp_path, needs)


def test_a_local_build_is_listed_and_kept(server: Server, tmp_path: Path) -> None:
    build = tmp_path / "torch-1+cpu-cp311-cp311-manylinux_2_28_x86_64.whl"
    build.write_bytes(b"a local build")
    first = make(server, tmp_path)["torch"]
    assert hashlib.sha256(b"a local build").hexdigest() in first.entries["torch"].hashes
    place = files.path(tmp_path, "torch")
    place.parent.mkdir()
    place.write_text(files.text("torch", first.digest, first.entries.values()), encoding="utf-8")
    build.unlink()
    assert make(server, tmp_path)["torch"] == first
