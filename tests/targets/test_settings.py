"""`content/publish.yaml`: the allowed settings, and the messages about mistakes."""

from pathlib import Path

import pytest

from builder.content.problems import ContentError
from builder.publish.targets import place


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("SITE_ADDRESS", raising=False)
    for slug in ("tryggest", "voksne"):
        (tmp_path / "content" / slug).mkdir(parents=True)
        (tmp_path / "content" / slug / "scheme.yaml").touch()
    return tmp_path


def _write(root: Path, text: str) -> None:
    (root / "content/publish.yaml").write_text(text, "utf-8")


def _problems(root: Path, text: str) -> list[tuple[int, str, str, str, str]]:
    _write(root, text)
    with pytest.raises(ContentError) as caught:
        place(root)
    return [(p.line, p.key, p.message, p.found, p.expected) for p in caught.value.problems]


# What it may say


def test_without_the_file_everything_is_local(root: Path) -> None:
    site, scheme = place(root), place(root, "tryggest")
    assert (site.address, site.public, site.target) == ("", root / "public", None)
    assert scheme.public == root / "public/schemes/tryggest"
    assert scheme.target is None


def test_a_folder_elsewhere(root: Path, tmp_path: Path) -> None:
    _write(root, f"target: {{kind: folder, path: {tmp_path}/ut}}\naddress: https://t.example/\n")
    site = place(root)
    assert (site.address, site.public, site.target) == ("https://t.example", tmp_path / "ut", None)
    _write(root, "target: {kind: folder, path: ../ut}\n")
    assert place(root).public == root / "../ut"


def test_the_environment_wins(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(root, "address: https://t.example\n")
    monkeypatch.setenv("SITE_ADDRESS", "https://annet.example/")
    assert place(root).address == "https://annet.example"


@pytest.mark.parametrize(
    ("target", "name"),
    [
        ("{kind: rsync, host: meg@vert, path: /srv/t, port: 2222}", "tjeneren meg@vert:/srv/t"),
        ("{kind: s3, bucket: tilskudd, prefix: /ny/}", "lageret s3://tilskudd/ny"),
        ("{kind: s3, bucket: tilskudd, endpoint: 'http://127.0.0.1:9'}", "lageret s3://tilskudd"),
        ("{kind: git, remote: 'git@vert:e/l.git'}", "grenen gh-pages i git@vert:e/l.git"),
        ("{kind: git, remote: 'ssh://git@vert:22/l', branch: sider/ny, cname: t.example}",
         "grenen sider/ny i ssh://git@vert:22/l"),
    ],
)  # fmt: skip
def test_targets_and_what_messages_call_them(root: Path, target: str, name: str) -> None:
    _write(root, f"target: {target}\nschemes:\n  tryggest:\n    target: {target}\n")
    with pytest.raises(ContentError):  # two sites at one place
        place(root)
    _write(root, f"target: {target}\n")
    site = place(root)
    assert site.target is not None
    assert site.target.name == name
    assert site.public == root / "public"


def test_a_scheme_has_its_own_place(root: Path) -> None:
    _write(
        root,
        "target: {kind: s3, bucket: alle}\n"
        "schemes:\n"
        "  tryggest: {address: 'https://tryggest.example', target: {kind: s3, bucket: en-av-dem}}\n"
        "  voksne: {address: 'https://voksne.example'}\n",
    )
    scheme = place(root, "tryggest")
    assert scheme.address == "https://tryggest.example"
    assert scheme.target is not None
    assert scheme.target.name == "lageret s3://en-av-dem"
    assert place(root, "voksne").public == root / "public/schemes/voksne"
    assert place(root, "voksne").target is None


# Mistakes

KINDS = "en av: folder, rsync, s3, git"
MISTAKES = {
    "unknown kind": (
        "target: {kind: rsynk, host: vert, path: /srv}\n",
        (1, "target.kind", "Verdien er ikke en av dem som kan brukes.", "«rsynk»", KINDS),
    ),
    "no kind": (
        "address: https://t.example\ntarget:\n  host: vert\n",
        (2, "target.kind", "Nøkkelen «kind» mangler.", "", "kind: …"),
    ),
    "key of another kind": (
        "target:\n  kind: s3\n  bucket: tilskudd\n  path: /srv\n",
        (4, "target.path", "Nøkkelen «path» er ukjent her.", "path",
         "en av: kind, bucket, endpoint, region, prefix"),
    ),
    "key misspelt": (
        "target: {kind: s3, bucket: tilskudd, endpont: 'https://s3.example'}\n",
        (1, "target.endpont", "Nøkkelen «endpont» er ukjent her.", "endpont",
         "Mente du «endpoint»?"),
    ),
    "key misspelt in a scheme": (
        "schemes:\n  tryggest:\n    target:\n      kind: git\n      remte: git@vert:l\n"
        "      remote: git@vert:l\n",
        (5, "schemes.tryggest.target.remte", "Nøkkelen «remte» er ukjent her.", "remte",
         "Mente du «remote»?"),
    ),
    "no bucket": (
        "target:\n  kind: s3\n  region: no\n",
        (1, "target.bucket", "Nøkkelen «bucket» mangler.", "", "bucket: …"),
    ),
    "not a bucket": (
        "target: {kind: s3, bucket: Bøtte}\n",
        (1, "target.bucket", "Dette er ikke navnet på en bøtte (bucket).", "«Bøtte»",
         "3 til 63 tegn: små bokstaver, tall, punktum og bindestrek"),
    ),
    "not keys": (
        "target: rsync\n",
        (1, "target", "Verdien har feil type.", "«rsync»", "nøkler med verdier under seg"),
    ),
    "port of a wrong type": (
        "target: {kind: rsync, host: vert, path: /srv, port: tjueto}\n",
        (1, "target.port", "Verdien har feil type.", "«tjueto»", "et helt tall"),
    ),
    "port too high": (
        "target: {kind: rsync, host: vert, path: /srv, port: 65536}\n",
        (1, "target.port", "Dette er ikke et portnummer.", "65536", "1 til 65535; vanligvis 22"),
    ),
    "an option as a host": (
        "target: {kind: rsync, host: -oProxyCommand=x, path: /srv}\n",
        (1, "target.host", "Dette er ikke navnet på en tjener.", "«-oProxyCommand=x»",
         "vert.example.no, eller bruker@vert"),
    ),
    "an option as a remote": (
        "target: {kind: git, remote: --upload-pack=x}\n",
        (1, "target.remote", "Dette er ikke adressen til et git-lager.", "«--upload-pack=x»",
         "git@vert:eier/lager.git"),
    ),
    "not a branch": (
        "target: {kind: git, remote: 'git@vert:l', branch: ../x}\n",
        (1, "target.branch", "Dette er ikke navnet på en gren.", "«../x»", "for eksempel gh-pages"),
    ),
    "a domain with https": (
        "target: {kind: git, remote: 'git@vert:l', cname: 'https://t.example'}\n",
        (1, "target.cname", "Dette er ikke et domenenavn.", "«https://t.example»",
         "tilskudd.example.no, uten https://"),
    ),
    "an address with a path": (
        "address: https://t.example/tilskudd\n",
        (1, "address", "Dette er ikke adressen til et nettsted.", "«https://t.example/tilskudd»",
         "https:// og vertsnavnet, uten sti: https://tilskudd.example.no"),
    ),
    "unknown scheme": (
        "schemes:\n  trygest: {address: 'https://t.example'}\n",
        (2, "schemes.trygest", "Ordningen finnes ikke.", "«trygest»", "Mente du «tryggest»?"),
    ),
    "two sites in one bucket, one inside the other": (
        "target: {kind: s3, bucket: alle}\n"
        "schemes:\n  tryggest:\n    target: {kind: s3, bucket: alle, prefix: tryggest}\n",
        (4, "schemes.tryggest.target", "Stedet er i bruk til et annet nettsted.", "",
         "et annet sted enn det som står på linje 1"),
    ),
    "a scheme in the folder of the site": (
        "schemes:\n  tryggest:\n    target: {kind: folder, path: public/}\n",
        (3, "schemes.tryggest.target", "Stedet er i bruk til et annet nettsted.", "",
         "et annet sted enn det som står på linje 1"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(root: Path, mistake: str) -> None:
    text, expected = MISTAKES[mistake]
    assert _problems(root, text) == [expected]


def test_all_mistakes_at_once(root: Path) -> None:
    found = _problems(root, "adress: x\ntarget: {kind: s3, bukket: x}\nschemes: []\n")
    assert [key for _, key, *_ in found] == ["adress", "target.bucket", "target.bukket", "schemes"]


SECRET = "hUnter2-Xyzzy"  # noqa: S105


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (f"target: {{kind: s3, bucket: tilskudd, secret_key: {SECRET}}}", ["target.secret_key"]),
        (f"target: {{kind: s3, bucket: tilskudd, aws_access_key_id: {SECRET}, region: no}}",
         ["target.aws_access_key_id"]),
        (f"target: {{kind: rsync, host: vert, path: /srv, password: {SECRET}}}",
         ["target.password"]),
        (f"passord: [{SECRET}]\ntarget: {{kind: s3}}", ["passord", "target.bucket"]),
        (f"target: {{kind: git, remote: 'https://meg:{SECRET}@vert.example/l.git'}}",
         ["target.remote"]),
        (f"target: {{kind: git, remote: 'https://{SECRET}@vert.example/l'}}", ["target.remote"]),
        (f"target: {{kind: s3, bucket: tilskudd, endpoint: 'https://a:{SECRET}@vert'}}",
         ["target.endpoint"]),
        (f"target: {{kind: rsync, host: 'meg:{SECRET}@vert', path: /srv}}", ["target.host"]),
        (f"schemes: {{tryggest: {{token: {SECRET}}}}}", ["schemes.tryggest.token"]),
        # Not YAML: the line that is shown has it.
        (f"target: {{kind: s3, secret_key: {SECRET}\n  bucket: [", [""]),
        (f"target:\n  kind: s3\n   password: {SECRET}", [""]),
        (f"target: 'secret_key={SECRET}'", ["target"]),
    ],
)  # fmt: skip
def test_secrets_are_refused_and_not_repeated(root: Path, text: str, keys: list[str]) -> None:
    _write(root, text)
    with pytest.raises(ContentError) as caught:
        place(root)
    assert SECRET not in str(caught.value)
    assert [problem.key for problem in caught.value.problems] == keys
    if keys != [""] and keys != ["target"]:
        assert "miljøvariabler" in str(caught.value)


def test_a_broken_file_is_told_of_as_any_other(root: Path) -> None:
    found = _problems(root, "target: [\n")
    assert [(line, message) for line, _, message, *_ in found] == [
        (2, "Dette er ikke gyldig YAML.")
    ]
