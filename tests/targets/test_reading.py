"""The real site, read out of a real store by a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from botocore.config import Config
from playwright.sync_api import Page

from builder.commands.serve import CADDY
from builder.content.publish_settings import S3
from builder.kit.ports import HOST
from builder.publish.targets.s3.target import S3Target
from tests.browser.engines.page import expect
from tests.targets.releases import FIRST, record
from tests.targets.servers import Store, answers, free_port, kept

BUCKET = "lesere"
ANYBODY_READS = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::{BUCKET}/*",
        }
    ],
}
# As little as whatever stands in front of a store does: the front page of a folder.
IN_FRONT = """
{{
    admin off
    persist_config off
    storage_clean_interval off
}}
http://{host}:{port} {{
    bind {host}
    @folder path */
    @file not path */
    rewrite @folder /{bucket}{{path}}index.html
    rewrite @file /{bucket}{{path}}
    reverse_proxy {store}
}}
"""


@pytest.fixture
def stored_site(
    built_site: Path, ceph_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The address of the built site, which lies in a store with what it is served with."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ceph_store.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", ceph_store.secret_key)
    # Caddy's own files.
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    client = boto3.client(
        "s3",
        endpoint_url=ceph_store.endpoint,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )
    client.create_bucket(Bucket=BUCKET)
    client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(ANYBODY_READS))
    target = S3Target(S3(kind="s3", bucket=BUCKET, endpoint=ceph_store.endpoint))
    target.send(built_site, FIRST, record(FIRST), print)
    port, settings = free_port(), tmp_path / "Caddyfile"
    settings.write_text(
        IN_FRONT.format(host=HOST, port=port, bucket=BUCKET, store=ceph_store.endpoint)
    )
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(settings)]
    with kept(command, lambda: answers(port), tmp_path / "caddy.log"):
        yield f"http://{HOST}:{port}"


def test_the_calculator_and_the_search_work(stored_site: str, page: Page) -> None:
    """Packed WebAssembly and scripts are unpacked, checked against the lock, and run."""
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(f"{stored_site}/oppfolging-voksne/kalkulator/")
    form = page.locator("form[data-calculator]").first
    form.locator("input").first.focus()
    expect(form).to_have_attribute("data-state", "ready")
    page.goto(f"{stored_site}/sok/#q=årsverk")
    expect(page.get_by_text(re.compile(r"\d+ treff for «årsverk»")).first).to_be_visible()
    assert troubles == []
