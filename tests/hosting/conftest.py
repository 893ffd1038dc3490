"""The built site, served by the files that it brings for whoever runs a server."""

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from builder.commands.serve import CADDY, HOST, kept_server

# Where Debian's package libnginx-mod-http-brotli-static puts it.
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")

# As a server's own configuration may look around the site's: what it sets for all its sites must
# not come through.
NGINX = """
{modules}
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    charset utf-8;
    gzip on;
    gzip_types text/css text/javascript application/wasm;
    types {{ application/octet-stream css js mjs; }}
    add_header Cache-Control "private" always;
    add_header Content-Security-Policy "default-src *" always;
    include {folder}/tilskuddsstigen.conf;
}}
"""
CADDYFILE = """
{{
    admin off
    persist_config off
    storage_clean_interval off
}}
import {site}/hosting/Caddyfile
"""


def free_port() -> int:
    with socket.socket() as finder:
        finder.bind((HOST, 0))
        port: int = finder.getsockname()[1]
        return port


@contextlib.contextmanager
def caddy(site: Path, folder: Path) -> Iterator[str]:
    """Serve the site with its Caddyfile, imported and told of the place as that says."""
    address = f"http://{HOST}:{free_port()}"
    settings = folder / "Caddyfile"
    settings.write_text(CADDYFILE.format(site=site))
    command = [CADDY, "run", "--adapter", "caddyfile", "--config", str(settings)]
    env = {
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
        "TILSKUDDSSTIGEN_ADRESSE": address,
        "TILSKUDDSSTIGEN_MAPPE": str(site),
    }
    with kept_server(command, int(address.rpartition(":")[2]), env=env):
        yield address


@contextlib.contextmanager
def nginx(site: Path, folder: Path, module: Path | None = None) -> Iterator[str]:
    """Serve the site with its nginx configuration, changed in the lines that are to be changed."""
    # Debian keeps it where only the administrator's PATH looks.
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip("nginx is not installed on this machine")
    port = free_port()
    text = (site / "hosting/nginx.conf").read_text("utf-8")
    for line, own in {
        "listen 80;": f"listen {HOST}:{port};",
        "server_name _;": f"server_name {HOST};",
        "root /srv/tilskuddsstigen/public/current;": f"root {site};",
        **({"# brotli_static on;": "brotli_static on;"} if module else {}),
    }.items():
        assert text.count(line) == 1
        text = text.replace(line, own)
    (folder / "tilskuddsstigen.conf").write_text(text, "utf-8")
    settings = folder / "nginx.conf"
    settings.write_text(
        NGINX.format(folder=folder, modules=f"load_module {module};" if module else "")
    )
    with kept_server([program, "-p", str(folder), "-c", str(settings)], port, env={}):
        yield f"http://{HOST}:{port}"


def nginx_with_brotli(site: Path, folder: Path) -> contextlib.AbstractContextManager[str]:
    if not BROTLI.exists():
        pytest.skip("nginx's module for Brotli is not installed on this machine")
    return nginx(site, folder, BROTLI)


@dataclass(frozen=True)
class Host:
    """A server of the built site, at an address without a slash at its end."""

    address: str
    has_brotli: bool


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(caddy, id="caddy"),
        pytest.param(nginx, id="nginx", marks=pytest.mark.servers),
        pytest.param(nginx_with_brotli, id="nginx with brotli", marks=pytest.mark.servers),
    ],
)
def host(
    request: pytest.FixtureRequest, built_site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Host]:
    with request.param(built_site, tmp_path_factory.mktemp("host")) as address:
        yield Host(address, has_brotli=request.param is not nginx)
