"""The settings in `content/publish.yaml`: the site's address, and the target of its files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from builder.content.problems import ContentError, Problem
from builder.content.validate import suggestion, validate
from builder.content.yaml_file import Document, Key, Plain, read_yaml
from calc.rules import RuleError

FILE = Path("content/publish.yaml")
PUBLIC = Path("public")

_FORBID = {"extra": "forbid"}

# Names of secrets, in the words of ssh, git, AWS and editors.
_SECRET = re.compile(
    r"pass(word|ord|phrase|wd)?\b|secret|hemmelig|token|credential|"
    r"(access|api|private)[_-]?key|akia[0-9a-z]{16}",
    re.IGNORECASE,
)
# A name or a password in an address: the name in `https://name@…` may be a token. `git@host:…` is
# an address of ssh, without a secret.
_LOGIN_IN_ADDRESS = re.compile(r"https?://[^/\s]*@|(^|://|[\s«])[^/\s@:]*:[^/\s@]*@")
_HOST_NAME = r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"


@dataclass(frozen=True, kw_only=True)
class Folder:
    """A folder of this machine, such as one that a web server serves."""

    __pydantic_config__ = _FORBID

    kind: Literal["folder"]
    path: str | None = None

    def __post_init__(self) -> None:
        if self.path is not None and not self.path.strip():
            raise RuleError("empty", "path")


@dataclass(frozen=True, kw_only=True)
class Rsync:
    """A folder of a server that is reached by ssh. `host` may begin with a user name (`name@`)."""

    __pydantic_config__ = _FORBID

    kind: Literal["rsync"]
    host: str
    path: str
    port: int | None = None

    def __post_init__(self) -> None:
        if not re.fullmatch(rf"([A-Za-z0-9_][\w.-]*@)?{_HOST_NAME}", self.host):
            raise RuleError("not_a_host", "host", found=f"«{self.host}»")
        if not self.path.strip():
            raise RuleError("empty", "path")
        if self.port is not None and not 1 <= self.port <= 65535:
            raise RuleError("not_a_port", "port")


@dataclass(frozen=True, kw_only=True)
class S3:
    """A bucket of an S3-compatible store, or the part of it whose keys begin with `prefix`."""

    __pydantic_config__ = _FORBID

    kind: Literal["s3"]
    bucket: str
    endpoint: str | None = None
    region: str | None = None
    prefix: str = ""

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", self.bucket):
            raise RuleError("not_a_bucket", "bucket")
        endpoint = rf"https?://{_HOST_NAME}(:\d{{1,5}})?/?"
        if self.endpoint is not None and not re.fullmatch(endpoint, self.endpoint):
            raise RuleError("not_an_address", "endpoint", found=f"«{self.endpoint}»")

    @property
    def root(self) -> str:
        """The beginning of every key: empty, or a text that ends in a slash."""
        stripped = self.prefix.strip("/")
        return f"{stripped}/" if stripped else ""


@dataclass(frozen=True, kw_only=True)
class Git:
    """A branch of a git repository that a host serves as a site. `cname` is the site's domain."""

    __pydantic_config__ = _FORBID

    kind: Literal["git"]
    remote: str
    branch: str = "gh-pages"
    cname: str | None = None

    def __post_init__(self) -> None:
        if not self.remote.strip() or self.remote.startswith("-"):
            raise RuleError("not_a_remote", "remote")
        # Stricter than git, which also allows names that nobody would use.
        if not re.fullmatch(r"(?!.*(//|\.\.|\.lock$|\.$|/$|/\.))[A-Za-z0-9][\w./-]*", self.branch):
            raise RuleError("not_a_branch", "branch")
        if self.cname is not None and not re.fullmatch(_HOST_NAME, self.cname):
            raise RuleError("not_a_domain", "cname")


type TargetSettings = Folder | Rsync | S3 | Git
_TargetSettings = Annotated[Folder | Rsync | S3 | Git, Field(discriminator="kind")]


@dataclass(frozen=True, kw_only=True)
class SiteSettings:
    """The address and the target of one site."""

    __pydantic_config__ = _FORBID

    address: str | None = None
    target: _TargetSettings = Folder(kind="folder")

    def __post_init__(self) -> None:
        # A path would break the links of the pages, which all begin with a slash.
        if self.address is not None and not re.fullmatch(
            rf"https?://{_HOST_NAME}(:\d{{1,5}})?/?", self.address
        ):
            raise RuleError("not_a_site_address", "address", found=f"«{self.address}»")


@dataclass(frozen=True, kw_only=True)
class PublishSettings(SiteSettings):
    """The whole file: the site, and by slug the schemes that are also sites of their own."""

    schemes: dict[str, SiteSettings] = field(default_factory=dict)


def site_settings(root: Path, scheme: str | None = None) -> SiteSettings:
    """The settings of the site, or of a scheme (its slug) as a site of its own.

    `root` is the project's folder. A setting that the file lacks has its default value. Raises
    `ContentError` with all that is wrong in the file.
    """
    settings = _read(root)
    return settings if scheme is None else settings.schemes.get(scheme, SiteSettings())


def address(root: Path, scheme: str | None = None) -> str:
    """The address of the site, or of a scheme (its slug) as a site of its own.

    The address has no slash at its end (`https://tilskudd.example.no`), and is empty where none is
    set. Raises `ContentError` as `site_settings` does.
    """
    return address_of(site_settings(root, scheme))


def address_of(site: SiteSettings) -> str:
    """The address that a site has by its settings, unless the environment sets `SITE_ADDRESS`."""
    return (os.environ.get("SITE_ADDRESS") or site.address or "").rstrip("/")


def _read(root: Path) -> PublishSettings:
    """The settings in the file, or the default values where there is none."""
    if not (root / FILE).exists():
        return PublishSettings()
    document = read_yaml(root / FILE, FILE)
    secrets = list(_take_out_secrets(document, document.data, ()))
    taken_out = {problem.key for problem in secrets}
    settings = validate(PublishSettings, document)
    others = [problem for problem in document.problems if problem.key not in taken_out]
    problems = [*map(_without_secrets, others), *secrets]
    if settings is not None:
        problems += _unknown_schemes(settings, document, root)
        problems += _same_targets(settings, document)
    if problems or settings is None:
        raise ContentError(problems)
    return settings


def _take_out_secrets(document: Document, data: Plain, key: Key) -> Iterator[Problem]:
    """Report every secret without showing it, and take it out of the data."""
    if not isinstance(data, dict):
        return
    for name, value in list(data.items()):
        here = (*key, name)
        is_secret = _SECRET.search(name) is not None
        if is_secret or (isinstance(value, str) and _LOGIN_IN_ADDRESS.search(value)):
            del data[name]
            yield document.problem(
                here,
                "Her skal det ikke stå noe hemmelig.",
                f"{'en hemmelighet' if is_secret else 'innlogging i adressen'} (vises ikke)",
                "hemmeligheter i miljøvariabler eller i innstillingene til ssh, git eller AWS, ikke"
                " i en fil som flere leser",
            )
        else:
            yield from _take_out_secrets(document, value, here)


def _without_secrets(problem: Problem) -> Problem:
    """The same problem, without the text in the file where that may be a secret."""
    may_be_secret = _SECRET.search(problem.found) or _LOGIN_IN_ADDRESS.search(problem.found)
    return replace(problem, found="(vises ikke)") if may_be_secret else problem


def _unknown_schemes(
    settings: PublishSettings, document: Document, root: Path
) -> Iterator[Problem]:
    known = sorted(path.parent.name for path in (root / "content").glob("*/scheme.yaml"))
    for slug in settings.schemes:
        if slug not in known:
            yield document.problem(
                ("schemes", slug),
                "Ordningen finnes ikke.",
                f"«{slug}»",
                suggestion(slug, known),
            )


def _same_targets(settings: PublishSettings, document: Document) -> Iterator[Problem]:
    """Report two sites with the same target, which would replace each other there."""
    sites: list[tuple[Key, SiteSettings]] = [((), settings)]
    sites += [(("schemes", slug), site) for slug, site in settings.schemes.items()]
    for n, (key, site) in enumerate(sites):
        for other_key, other in sites[:n]:
            if _collide(site.target, other.target):
                yield document.problem(
                    (*key, "target"),
                    "Stedet er i bruk til et annet nettsted.",
                    expected=f"et annet sted enn det som står på linje"
                    f" {document.line((*other_key, 'target'))}",
                )


def _collide(one: TargetSettings, other: TargetSettings) -> bool:
    match one, other:
        case Folder(path=path), Folder(path=other_path):
            # Without a path, each has its own.
            return path is not None and Path(path) == Path(other_path or PUBLIC)
        case Rsync(), Rsync():
            there = other.path.rstrip("/")
            return one.host == other.host and one.path.rstrip("/") == there
        case S3(), S3():
            # Addresses of the one may be keys of the other where one begins with the other.
            roots = sorted((one.root, other.root))
            return (one.bucket, one.endpoint) == (other.bucket, other.endpoint) and roots[
                1
            ].startswith(roots[0])
        case Git(), Git():
            return (one.remote, one.branch) == (other.remote, other.branch)
        case _:
            return False
