"""The installed skills as the skills extension serves them, in both eras of the protocol."""

import base64
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import BlobResourceContents, ReadResourceResult, Request, RequestParams, Result, TextResourceContents
from pydantic import ConfigDict

from session_buddy.skills.installed import Found
from tests.server.buddy import MODES, Tools, serving, speaking
from tests.skills.shelves import found, install, write

pytestmark = pytest.mark.anyio

EXTENSION = "io.modelcontextprotocol/skills"
INVALID_PARAMS = -32602
PICTURE = b"\x89PNG\r\n\x1a\n\x00\x00"
FORMS = "# Formulare\r\n\r\nüber alles\n"


class AnyParams(RequestParams):
    model_config = ConfigDict(extra="allow")


class AnyResult(Result):
    model_config = ConfigDict(extra="allow")


class Shelf:
    """Skills that a test installs while the server runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.found = Found()


class Skills:
    """Speaks the extension."""

    def __init__(self, tools: Tools, shelf: Shelf) -> None:
        self.tools = tools
        self.shelf = shelf

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        request = Request[AnyParams, str](method=method, params=AnyParams(**params))
        result = await self.tools.client.session.send_request(request, AnyResult)
        return result.model_dump(by_alias=True, exclude_none=True)

    async def refused(self, method: str, **params: Any) -> str:
        with pytest.raises(MCPError) as refusal:
            await self.ask(method, **params)
        assert refusal.value.error.code == INVALID_PARAMS
        return refusal.value.error.message

    async def read(self, uri: str) -> ReadResourceResult:
        return await self.tools.client.read_resource(uri)

    async def bytes_of(self, uri: str) -> tuple[bytes, str | None]:
        (content,) = (await self.read(uri)).contents
        if isinstance(content, BlobResourceContents):
            return base64.b64decode(content.blob), content.mime_type
        assert isinstance(content, TextResourceContents)
        return content.text.encode(), content.mime_type

    async def listed(self) -> list[dict[str, Any]]:
        entries: list[dict[str, Any]] = []
        page = await self.ask("skills/list")
        while True:
            entries += page["skills"]
            if "nextCursor" not in page:
                return entries
            page = await self.ask("skills/list", cursor=page["nextCursor"])


@pytest.fixture(params=MODES)
async def skills(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Skills]:
    shelf = Shelf(tmp_path / "skills")
    async with (
        serving(tmp_path, "off", installed=lambda: shelf.found) as buddy,
        speaking(buddy, request.param) as tools,
    ):
        yield Skills(tools, shelf)


@pytest.fixture
def pdf(skills: Skills) -> Path:
    folder = write(
        skills.shelf.folder / "pdf",
        {
            "references/FORMS.md": FORMS,
            "references/a b#c?.txt": "odd",
            "assets/logo.png": PICTURE,
            "fill.py": "print()\n",
        },
    )
    skills.shelf.found = found(install(folder, description="Fills forms", metadata={"version": "1.0"}))
    return folder


async def test_the_extension_is_announced_where_the_protocol_has_extensions(skills: Skills) -> None:
    capabilities = skills.tools.client.server_capabilities
    modern = skills.tools.client.protocol_version == "2026-07-28"
    assert (capabilities.extensions or {}).get(EXTENSION) == ({"directoryRead": True} if modern else None)
    assert capabilities.resources


async def test_nothing_installed_is_an_empty_list(skills: Skills) -> None:
    answer = await skills.ask("skills/list")
    assert answer["skills"] == []
    assert "nextCursor" not in answer
    assert answer["ttlMs"] > 0
    assert answer["cacheScope"] == "private"


async def test_a_skill_is_listed_with_its_frontmatter_and_every_file(skills: Skills, pdf: Path) -> None:
    (entry,) = await skills.listed()
    assert entry["uri"] == "skill://pdf/SKILL.md"
    assert entry["frontmatter"] == {"name": "pdf", "description": "Fills forms", "metadata": {"version": "1.0"}}
    assert [one["uri"] for one in entry["resources"]] == [
        "skill://pdf/SKILL.md",
        "skill://pdf/assets/logo.png",
        "skill://pdf/fill.py",
        "skill://pdf/references/FORMS.md",
        "skill://pdf/references/a%20b%23c%3F.txt",
    ]


async def test_what_is_listed_reads_as_its_digest_and_size_say(skills: Skills, pdf: Path) -> None:
    (entry,) = await skills.listed()
    kinds = {}
    for one in entry["resources"]:
        data, kinds[one["uri"].rpartition("/")[2]] = await skills.bytes_of(one["uri"])
        assert one["size"] == len(data)
        assert one["digest"] == "sha256:" + hashlib.sha256(data).hexdigest()
    assert kinds == {
        "SKILL.md": "text/markdown",
        "FORMS.md": "text/markdown",
        "fill.py": "text/x-python",
        "logo.png": "image/png",
        "a%20b%23c%3F.txt": "text/plain",
    }
    (text,) = (await skills.read("skill://pdf/references/FORMS.md")).contents
    assert isinstance(text, TextResourceContents)
    assert text.text == FORMS
    (picture,) = (await skills.read("skill://pdf/assets/logo.png")).contents
    assert isinstance(picture, BlobResourceContents)


async def test_the_frontmatter_is_told_as_it_is_written(skills: Skills) -> None:
    text = "---\nname: odd\ndescription: 'Two  blanks, \u202e and <b>'\nlicense: MIT\n"
    text += "allowed-tools: [Read, 'Bash(git:*)']\nmetadata:\n  version: 1.5\n  day: 2026-01-02\n  4: ~\n---\n"
    folder = write(skills.shelf.folder / "odd", {"SKILL.md": text})
    skills.shelf.found = found(install(folder, description="Two blanks, and"))
    (entry,) = await skills.listed()
    assert entry["frontmatter"] == {
        "name": "odd",
        "description": "Two  blanks, \u202e and <b>",
        "license": "MIT",
        "allowed-tools": ["Read", "Bash(git:*)"],
        "metadata": {"version": 1.5, "day": "2026-01-02", "4": None},
    }


async def test_a_skill_whose_frontmatter_no_longer_fits_its_uri_is_left_out(skills: Skills, pdf: Path) -> None:
    for head in ("name: other\ndescription: x", "name: pdf", "name: [", "name: pdf\ndescription: &a [*a]"):
        (pdf / "SKILL.md").write_text(f"---\n{head}\n---\n")
        assert await skills.listed() == []


async def test_one_skill_is_told_as_it_is_listed(skills: Skills, pdf: Path) -> None:
    (entry,) = await skills.listed()
    answer = await skills.ask("skills/get", uri="skill://pdf/SKILL.md")
    assert answer["skill"] == entry
    assert (answer["ttlMs"] > 0, answer["cacheScope"]) == (True, "private")
    assert "nextCursor" not in answer


async def test_what_is_no_skill_is_refused(skills: Skills, pdf: Path) -> None:
    for uri in [
        "skill://pdff/SKILL.md",
        "skill://pdf",
        "skill://pdf/",
        "skill://pdf/fill.py",
        "pdf",
        "",
        "buddy://report",
    ]:
        assert "No skill is served at" in await skills.refused("skills/get", uri=uri)


async def test_a_file_that_is_not_there_is_refused(skills: Skills, pdf: Path) -> None:
    for uri in ["skill://pdf/none.md", "skill://pdf", "skill://pdf/references", "skill://none/SKILL.md"]:
        with pytest.raises(MCPError, match="No file of a skill is served") as refusal:
            await skills.read(uri)
        assert refusal.value.error.code == INVALID_PARAMS


async def test_no_way_of_writing_a_uri_leads_out_of_a_skill(skills: Skills, pdf: Path) -> None:
    write(pdf, {".git/config": "secret", ".env": "secret", "id_rsa": "secret"})
    write(pdf.parent, {"secret.txt": "secret", "other/SKILL.md": "secret"})
    (pdf / "link").symlink_to("..")
    (pdf / "file").symlink_to("../secret.txt")
    (pdf / "hosts").symlink_to("/etc/hosts")
    ways = [
        "../secret.txt", "references/../../secret.txt", "%2e%2e/secret.txt", "%2e%2e%2fsecret.txt", "..%2fsecret.txt",
        "%252e%252e/secret.txt", "..\\secret.txt", "..%5csecret.txt", "./fill.py", "references/../fill.py", "/fill.py",
        "//etc/hosts", "%2fetc%2fhosts", "/etc/hosts", "fill.py%00.md", "fill.py/", "fill.py?x", "fill.py#x",
        "link/other/SKILL.md", "link/secret.txt",
        "file", "hosts", ".git/config", ".env", "id_rsa", "FILL.PY", "..;/secret.txt",
        "\u2025/secret.txt",
    ]  # fmt: skip
    for way in ways:
        for method in ("resources/read", "resources/directory/read", "skills/get"):
            await skills.refused(method, uri=f"skill://pdf/{way}")
    for uri in (
        "skill://../secret.txt",
        "skill:///etc/hosts",
        "skill://%2e%2e/secret.txt",
        "file:///etc/hosts",
        f"skill://{pdf}/fill.py",
    ):
        await skills.refused("resources/read", uri=uri)
    await skills.refused("skills/get")


async def test_a_changed_file_is_served_as_it_is_now_and_a_new_entry_says_so(skills: Skills, pdf: Path) -> None:
    (before,) = await skills.listed()
    (pdf / "fill.py").write_text("print(1)\n")
    (pdf / "new.txt").write_text("new")
    assert (await skills.bytes_of("skill://pdf/fill.py"))[0] == b"print(1)\n"
    (after,) = await skills.listed()
    digests = [{one["uri"]: one["digest"] for one in entry["resources"]} for entry in (before, after)]
    assert {uri for uri in digests[1] if digests[0].get(uri) != digests[1][uri]} == {
        "skill://pdf/fill.py",
        "skill://pdf/new.txt",
    }


async def test_folders_are_read_level_by_level(skills: Skills, pdf: Path) -> None:
    (pdf / "empty").mkdir()
    root = (await skills.ask("resources/directory/read", uri="skill://pdf"))["resources"]
    assert [(one["name"], one["mimeType"]) for one in root] == [
        ("SKILL.md", "text/markdown"),
        ("assets", "inode/directory"),
        ("empty", "inode/directory"),
        ("fill.py", "text/x-python"),
        ("references", "inode/directory"),
    ]
    inner = (await skills.ask("resources/directory/read", uri=root[1]["uri"]))["resources"]
    assert [one["uri"] for one in inner] == ["skill://pdf/assets/logo.png"]
    assert (await skills.ask("resources/directory/read", uri="skill://pdf/empty"))["resources"] == []
    for uri in ("skill://pdf/SKILL.md", "skill://none", "skill://pdf/none", "skill:///"):
        assert "No folder of a skill is served at" in await skills.refused("resources/directory/read", uri=uri)


async def test_names_that_are_no_text_half_characters_and_endless_numbers_hold_nobody_up(
    skills: Skills, pdf: Path
) -> None:
    folder = skills.shelf.folder
    odd = install(folder / "odd")
    (folder / "odd" / os.fsdecode(b"\xff\x1b[31m\n.txt")).write_text("odd")
    half = install(write(folder / "half", {"SKILL.md": '---\nname: half\ndescription: "\\ud800"\n---\n'}))
    long = "---\nname: long\ndescription: x\nnumber: 0x" + "f" * 8_000 + "\n---\n"
    endless = install(write(folder / "long", {"SKILL.md": long}))
    skills.shelf.found = found(odd, half, endless, install(pdf))
    assert [entry["frontmatter"]["name"] for entry in await skills.listed()] == ["odd", "pdf"]
    listed = (await skills.ask("resources/directory/read", uri="skill://odd"))["resources"]
    assert [one["name"] for one in listed] == ["SKILL.md", "\ufffd .txt"]
    assert (await skills.bytes_of(listed[1]["uri"]))[0] == b"odd"


async def test_a_page_of_very_long_paths_ends_early(skills: Skills) -> None:
    deep = "/".join(["ü" * 120] * 10)
    for name in ("a", "b", "c"):
        write(skills.shelf.folder / name, {f"{deep}/{number}": "" for number in range(200)})
    skills.shelf.found = found(*(install(skills.shelf.folder / name) for name in ("a", "b", "c")))
    assert len((await skills.ask("skills/list"))["skills"]) == 1
    assert [entry["uri"] for entry in await skills.listed()] == [f"skill://{name}/SKILL.md" for name in "abc"]
    last = (await skills.listed())[2]["resources"][-1]["uri"]
    assert await skills.bytes_of(last) == (b"", "text/plain")


async def test_many_skills_come_in_pages_each_skill_once(skills: Skills) -> None:
    names = [f"skill-{number:03}" for number in range(60)]
    skills.shelf.found = found(*(install(skills.shelf.folder / name) for name in names))
    assert [entry["frontmatter"]["name"] for entry in await skills.listed()] == names
    first = await skills.ask("skills/list")
    assert len(first["skills"]) == 25
    skills.shelf.found = found(*skills.shelf.found.installed[20:])
    second = await skills.ask("skills/list", cursor=first["nextCursor"])
    assert second["skills"][0]["frontmatter"]["name"] == names[25]
    assert "cursor" in await skills.refused("skills/list", cursor="7")


async def test_a_skill_that_is_too_large_is_left_out_and_the_others_are_served(skills: Skills) -> None:
    folder = skills.shelf.folder
    (folder / "full").mkdir(parents=True)
    write(folder / "full", {f"{number}.txt": "" for number in range(511)})
    write(folder / "many", {f"{number}.txt": "" for number in range(512)})
    write(folder / "big", {"a.bin": b"a" * (16 * 1024**2)})
    skills.shelf.found = found(*(install(folder / name) for name in ("full", "many", "big")))
    (entry,) = await skills.listed()
    assert (entry["uri"], len(entry["resources"])) == ("skill://full/SKILL.md", 512)
    assert [one.name for one in (await skills.tools.client.list_resources()).resources[4:]] in ([], ["full"])
    await skills.refused("skills/get", uri="skill://big/SKILL.md")
    for uri in ("skill://big/a.bin", "skill://big/SKILL.md", "skill://many/1.txt"):
        with pytest.raises(MCPError):
            await skills.read(uri)


async def test_a_file_of_the_largest_size_is_read_whole(skills: Skills) -> None:
    folder = skills.shelf.folder / "large"
    skills.shelf.found = found(install(folder))
    data = b"\xff" * (16 * 1024**2 - (folder / "SKILL.md").stat().st_size)
    write(folder, {"data.bin": data})
    assert (await skills.bytes_of("skill://large/data.bin"))[0] == data


async def test_as_resources_only_skills_are_listed_and_only_where_they_are_announced(skills: Skills, pdf: Path) -> None:
    listed = (await skills.tools.client.list_resources()).resources[4:]
    if skills.tools.client.protocol_version != "2026-07-28":
        assert listed == []
    else:
        (one,) = listed
        assert (one.uri, one.name, one.description) == ("skill://pdf/SKILL.md", "pdf", "Fills forms")
        assert one.mime_type == "text/markdown"


async def test_very_many_skills_come_as_resources_in_pages(skills: Skills) -> None:
    names = [f"skill-{number:03}" for number in range(205)]
    skills.shelf.found = found(*(install(skills.shelf.folder / name) for name in names))
    if skills.tools.client.protocol_version != "2026-07-28":
        return
    page = await skills.tools.client.list_resources()
    sizes, listed = [], []
    while True:
        sizes.append(len(page.resources))
        listed += [one.name for one in page.resources]
        if page.next_cursor is None:
            break
        page = await skills.tools.client.list_resources(cursor=page.next_cursor)
    assert sizes == [104, 100, 5]
    assert listed[4:] == names


async def test_reading_a_skill_is_not_using_it(skills: Skills, pdf: Path) -> None:
    before = await skills.tools.buddy.digest()
    await skills.listed()
    await skills.read("skill://pdf/SKILL.md")
    assert await skills.tools.buddy.digest() == before
