"""Which files of a skill are served: those within its folder, and none that nobody meant to show."""

import os
import socket
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from session_buddy.skills import skill_entries
from session_buddy.skills.digests import Digests
from session_buddy.skills.shelf import Shelf
from session_buddy.skills.skill_folder import MOST_NAMES, NoFileError, UnservedError, open_file, read_file, scan
from tests.skills.shelves import found, install, skill_text, write

SECRET = "the secret"


@pytest.fixture
def skill(tmp_path: Path) -> Path:
    """A skill, and secrets beside it, above it, and in files of it that are not served."""
    write(tmp_path, {"secret.txt": SECRET, "skills/other/secret.txt": SECRET, "skills/secret.txt": SECRET})
    return write(tmp_path / "skills" / "mine", {"SKILL.md": skill_text("mine"), "docs/a.md": "a"})


def files(folder: Path) -> list[str]:
    return ["/".join(parts) for parts in scan(str(folder)).files]


def contents(folder: Path) -> dict[str, str | bytes]:
    (served,) = Shelf(found(install(folder)), str(folder.parent)).skills
    return {"/".join(parts): skill_entries.content(served, parts).content for parts in scan(served.root).files}


@pytest.mark.parametrize(
    "hidden",
    [
        ".env", ".git/config", "docs/.npmrc", ".ssh/id", "node_modules/a/index.js", "__pycache__/a.pyc", "prod.env",
        "id_rsa", "docs/id_ed25519", "server.PEM", "tls.key", "store.p12", "Credentials.json", ".DS_Store",
    ],
)  # fmt: skip
def test_what_nobody_means_to_show_is_not_served(skill: Path, hidden: str) -> None:
    write(skill, {hidden: SECRET})
    assert files(skill) == ["SKILL.md", "docs/a.md"]


@pytest.mark.parametrize(
    "hidden",
    [
        "service-account.json", "docs/my-service_account-prod.json", "app-firebase-adminsdk-x1.json", "kubeconfig",
        "prod.kubeconfig", "kubeconfig.yaml", "_netrc", "netrc", "terraform.tfstate", "terraform.tfstate.backup",
        "npmrc",
        "pypirc", "htpasswd", "site.htpasswd", "office.ovpn", "wallet.dat", "my-wallet.json", "android.keystore",
        "session_buddy.duckdb", "app.sqlite3", "Login.KDBX", "id_rsa.bak", "id_ed25519~", "client_secret_123.json",
        "wg0.conf",
        "prod.tfvars", "credentials.yml", "Secrets.toml", "env.production", "auth.p8", "private.asc",
    ],
)  # fmt: skip
def test_states_stores_and_keys_are_not_served_by_name(skill: Path, hidden: str) -> None:
    write(skill, {hidden: SECRET})
    assert files(skill) == ["SKILL.md", "docs/a.md"]


BEGIN = f"-----BEGIN {'PRIVATE'} KEY-----"
BASE64 = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"


@pytest.mark.parametrize(
    "content",
    [
        f"{BEGIN}\n{BASE64}\n", f"# a note\n{BEGIN.replace('PRIVATE', 'OPENSSH PRIVATE')}\r\n{BASE64}\n",
        '{"type": "service_account", "private_key": "' + BEGIN + "\\n" + BASE64 + '"}',
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "# created\nAGE-SECRET-KEY-1" + "QPZRY9X8GF" * 6,
        "users:\n- user:\n    client-key-data: " + BASE64 * 2, "machine host\n  login me\n  password word\n",
        "//registry.npmjs.org/:_authToken=0123456789abcdef01", "$ANSIBLE_VAULT;1.1;AES256\n6162",
        '{"version": 4, "terraform_version": "1.9.0"}', "SQLite format 3\0rest", "padding!DUCK",
    ],
)  # fmt: skip
def test_a_file_that_holds_a_key_is_not_served(skill: Path, content: str) -> None:
    write(skill, {"notes.txt": content, "docs/data": content})
    assert files(skill) == ["SKILL.md", "docs/a.md"]
    for parts in (("notes.txt",), ("docs", "data")):
        with pytest.raises(NoFileError):
            read_file(str(skill), parts)


def test_a_file_that_only_speaks_of_keys_is_served(skill: Path) -> None:
    write(
        skill, {"guide.md": f"The file begins with `{BEGIN}`; the kubeconfig and .npmrc hold secrets, tokens.json too."}
    )
    assert "guide.md" in files(skill)


@pytest.mark.parametrize("shown", ["env.md", "keys.md", "git/config", "docs/environment.env.md", "a key", "pem"])
def test_names_that_only_resemble_those_are_served(skill: Path, shown: str) -> None:
    write(skill, {shown: "shown"})
    assert shown in files(skill)


@pytest.mark.parametrize("target", ["../../secret.txt", "../other", "/etc", "docs", "SKILL.md", "/", "..", "nowhere"])
def test_links_are_not_served_wherever_they_lead(skill: Path, target: str) -> None:
    (skill / "link").symlink_to(target)
    (skill / "docs" / "link").symlink_to(target)
    assert files(skill) == ["SKILL.md", "docs/a.md"]
    for parts in (("link",), ("docs", "link"), ("link", "secret.txt"), ("link", "a.md"), ("link", "passwd")):
        with pytest.raises(NoFileError):
            open_file(str(skill), parts)


@pytest.mark.parametrize("what", ["SKILL.md", "folder", "fifo"])
def test_a_skill_whose_own_file_is_no_file_is_not_served(skill: Path, what: str) -> None:
    own = skill / "SKILL.md"
    own.unlink()
    if what == "folder":
        own.mkdir()
    elif what == "fifo":
        os.mkfifo(own)
    else:
        own.symlink_to("docs/a.md")
    with pytest.raises(UnservedError, match=r"SKILL\.md is a link or no file"):
        scan(str(skill))


def test_pipes_and_sockets_are_not_served_and_hold_nobody_up(skill: Path) -> None:
    os.mkfifo(skill / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        previous = Path.cwd()
        os.chdir(skill)  # the path of a socket may not be long
        try:
            listener.bind("socket")
        finally:
            os.chdir(previous)
        assert files(skill) == ["SKILL.md", "docs/a.md"]
        for name in ("pipe", "socket", "docs"):
            with pytest.raises(NoFileError):
                read_file(str(skill), (name,))


def test_a_file_that_becomes_a_link_or_a_pipe_after_it_was_listed_is_not_read(skill: Path) -> None:
    write(skill, {"b.txt": "b", "c.txt": "c"})
    listed = scan(str(skill)).files
    for name in ("docs/a.md", "b.txt", "c.txt"):
        (skill / name).unlink()
    (skill / "docs").rmdir()
    (skill / "docs").symlink_to("../other")
    write(skill.parent / "other", {"a.md": SECRET})
    (skill / "b.txt").symlink_to("../secret.txt")
    os.mkfifo(skill / "c.txt")
    digests = Digests()
    for parts in listed:
        if parts != ("SKILL.md",):
            with pytest.raises(NoFileError):
                read_file(str(skill), parts)
            with pytest.raises(NoFileError):
                digests.of(str(skill), parts)


def test_a_folder_of_endless_names_is_not_walked_to_its_end(tmp_path: Path) -> None:
    folder = write(tmp_path / "endless", {"SKILL.md": skill_text("endless")})
    (folder / "x").mkdir()
    for number in range(MOST_NAMES):
        os.mkdir(folder / "x" / str(number))
    with pytest.raises(UnservedError, match=f"more than {MOST_NAMES} names"):
        scan(str(folder))


def test_a_sparse_file_of_many_gigabytes_is_not_read(skill: Path) -> None:
    with (skill / "sparse").open("wb") as file:
        file.truncate(50 * 1024**3)
    with pytest.raises(UnservedError, match="16 MiB"):
        scan(str(skill))
    with pytest.raises(UnservedError, match="16 MiB"):
        read_file(str(skill), ("sparse",))


def test_names_of_any_bytes_are_served_by_their_uris(skill: Path) -> None:
    odd = [
        "%2e%2e",
        "a%2Fb",
        "ünïcode – ✓.md",
        "back\\slash",
        " space ",
        "new\nline",
        "?q#f",
        "\udcff\udc80.bin",
        "~",
        "$&+",
    ]
    write(skill, {name: name.encode("utf-8", "surrogateescape") for name in odd})
    shelf = Shelf(found(install(skill)), str(skill.parent))
    (served,) = shelf.skills
    for parts in scan(served.root).files:
        uri = served.uri_of(parts)
        assert uri.isascii()
        assert uri.isprintable()
        assert shelf.find(uri) == (served, parts)
    assert len(files(skill)) == len(odd) + 2


PIECES = [
    "..", ".", "", "%2e%2e", "%2E.", "%2f", "/", "\\", "%5c", "%00", "\0", "~", "mine", "other", "secret.txt", "docs",
    "a.md", "SKILL.md", "link", ".git", "etc", "passwd", "%252e%252e", "?", "#", "é", "%ff", "%", ":", "@",
]  # fmt: skip
PARTS = ["..", ".", "", "/", "/etc/passwd", "link", "docs", "a.md", "other", "secret.txt", "\0"]
SCHEMES = st.sampled_from(
    ["skill://", "skill:/", "SKILL://", "skill:///", "file://", "file:///", "", "/", "skill://mine/"]
)
URIS = st.builds(
    lambda scheme, pieces: scheme + "".join(pieces),
    SCHEMES,
    st.lists(st.one_of(st.sampled_from(PIECES), st.just("/"), st.text(max_size=4)), max_size=14),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(uri=URIS)
def test_no_uri_whatever_reads_anything_but_what_is_listed(skill: Path, uri: str) -> None:
    write(skill, {".git/config": SECRET, "docs/secret.env": SECRET})
    if not (skill / "link").is_symlink():
        (skill / "link").symlink_to("..")
        (skill / "docs" / "link").symlink_to("/etc")
    shelf = Shelf(found(install(skill)), str(skill.parent))
    if place := shelf.find(uri):
        served, parts = place
        try:
            read = skill_entries.content(served, parts).content
        except UnservedError:
            return
        assert parts in {("SKILL.md",), ("docs", "a.md")}
        assert SECRET not in str(read)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.sampled_from(PARTS), min_size=1, max_size=4))
def test_even_by_parts_of_paths_no_file_outside_is_found(skill: Path, parts: list[str]) -> None:
    (served,) = Shelf(found(install(skill)), str(skill.parent)).skills
    try:
        read = skill_entries.content(served, tuple(parts)).content
    except UnservedError:
        return
    assert (parts, read) == (["docs", "a.md"], "a")


def test_digests_are_those_of_the_bytes_whatever_the_cache_knows(skill: Path) -> None:
    digests = Digests()
    path = skill / "docs" / "a.md"
    for text in ("a", "b", "longer", "a"):
        path.write_text(text)
        os.utime(path, ns=(0, 0))
        (served,) = Shelf(found(install(skill)), str(skill.parent)).skills
        data = read_file(served.root, ("docs", "a.md"))
        assert data == text.encode()
        assert digests.of(served.root, ("docs", "a.md")).size == len(text)
        fresh = Digests().of(served.root, ("docs", "a.md"))
        assert digests.of(served.root, ("docs", "a.md")) == fresh


def test_the_skills_texts_come_as_texts_and_the_rest_as_bytes(skill: Path) -> None:
    write(skill, {"b.bin": b"a\0b", "latin.txt": b"\xfcber", "bom.md": b"\xef\xbb\xbf# A\r\n"})
    assert contents(skill) == {
        "SKILL.md": skill_text("mine"),
        "b.bin": b"a\0b",
        "bom.md": "\ufeff# A\r\n",
        "docs/a.md": "a",
        "latin.txt": b"\xfcber",
    }
