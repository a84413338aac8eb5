"""Files and metadata of packages, from the index that pip is configured to use."""

import ast
import hashlib
import importlib.metadata
import io
import json
import re
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urljoin

from packaging.metadata import parse_email
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import Version

JSON = "application/vnd.pypi.simple.v1+json"
LIMIT = 256 * 1024 * 1024
SIBLINGS = 4
TIMEOUT = 60


@dataclass(frozen=True)
class File:
    """A wheel or a source archive of one version of a package."""

    filename: str
    sha256: str
    url: str
    size: int

    @property
    def is_wheel(self) -> bool:
        return self.filename.endswith(".whl")


@dataclass
class Index:
    """pip's package indexes and find-links folders."""

    urls: list[str]
    folders: list[Path]
    certificates: str | None = None
    _metadata: dict[str, list[str] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._context = ssl.create_default_context(cafile=self.certificates)

    @classmethod
    def of_pip(cls) -> "Index":
        """Read pip's own configuration: its files and its environment variables."""
        # A default index is a private name of pip; no address of an index belongs into this repository.
        from pip._internal.models.index import PyPI

        options = _pip_options()
        urls = [options.get("index-url") or PyPI.simple_url, *options.get("extra-index-url", "").split()]
        folders = [Path(place) for place in options.get("find-links", "").split() if Path(place).is_dir()]
        return cls([url for url in urls if url.startswith("https:")], folders, options.get("cert"))

    def files(self, name: str, version: str) -> list[File]:
        """The wheels and the source archive of one version of a package.

        Raises:
            LookupError: no index has the version.
        """
        found = []
        for url in self.urls:
            address = f"{url.rstrip('/')}/{canonicalize_name(name)}/"
            content = self._read_if_there(address, JSON)
            for file in json.loads(content)["files"] if content else []:
                if _is_of(file["filename"], name, version) and not file.get("yanked"):
                    address_of_file = urljoin(address, file["url"])
                    size = file.get("size", LIMIT)
                    found.append(File(file["filename"], file["hashes"]["sha256"], address_of_file, size))
        if not found:
            raise LookupError(f"The index has no file of {name} {version}.")
        return found

    def local_builds(self, name: str, version: str) -> dict[str, str]:
        """Wheels in find-links folders that are builds of this version under a local version such as 1.0+cpu."""
        return {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for folder in self.folders
            for path in sorted(folder.glob("*.whl"))
            if _is_of(path.name, name, version, local=True)
        }

    def requirements(self, name: str, version: str, wheels: list[File]) -> list[str]:
        """What the first of some wheels of one version requires. Where the index lacks its metadata file, that of
        the next wheels counts, then that of the installed package, at last the content of the smallest wheel."""
        for wheel in wheels[:SIBLINGS]:
            if wheel.url not in self._metadata:
                content = self._read_if_there(f"{wheel.url}.metadata")
                self._metadata[wheel.url] = None if content is None else _required(content)
            if (required := self._metadata[wheel.url]) is not None:
                return required
        if (required := _installed(name, version)) is not None:
            return required
        smallest = min(wheels, key=lambda wheel: wheel.size)
        with zipfile.ZipFile(io.BytesIO(self._read(smallest.url, "*/*"))) as archive:
            member = next(name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
            self._metadata[wheels[0].url] = _required(archive.read(member))
        return self._metadata[wheels[0].url] or []

    def _read_if_there(self, url: str, accept: str = "*/*") -> bytes | None:
        try:
            return self._read(url, accept)
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise

    def _read(self, url: str, accept: str) -> bytes:
        request = urllib.request.Request(url, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=TIMEOUT, context=self._context) as answer:
            content: bytes = answer.read(LIMIT)
        return content


def _required(metadata: bytes) -> list[str]:
    return parse_email(metadata)[0].get("requires_dist", [])


def _installed(name: str, version: str) -> list[str] | None:
    """The requirements of the installed package, if it is that version and no local build of it."""
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return (found.requires or []) if Version(found.version) == Version(version) else None


def _pip_options() -> dict[str, str]:
    """pip's configuration by option name; the environment comes before the command's and the global section."""
    listed = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True)
    sections: dict[str, dict[str, str]] = {}
    for line in listed.stdout.splitlines():
        key, _, value = line.partition("=")
        section, _, option = key.rpartition(".")
        sections.setdefault(section, {})[option] = str(ast.literal_eval(value))
    return sections.get("global", {}) | sections.get("install", {}) | sections.get(":env:", {})


def _is_of(filename: str, name: str, version: str, *, local: bool = False) -> bool:
    try:
        if filename.endswith(".whl"):
            found, number, _, _ = parse_wheel_filename(filename)
        else:
            found, number = parse_sdist_filename(filename)
    except (InvalidWheelFilename, InvalidSdistFilename):
        return False
    same = found == canonicalize_name(name) and Version(number.public) == Version(version)
    return same and bool(number.local) == local
