"""What comes with the project for servers: web servers in front, and the container."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.plugins.databases import SETTINGS

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
NO_NGINX = "nginx is not installed. Install it: apt-get install nginx-light"


def nginx_conf(folder: Path) -> Path:
    """Return the shipped file for a machine without certificates, within a whole configuration."""
    text = (DEPLOY / "nginx.conf").read_text()
    lines = [line for line in text.splitlines() if "ssl_" not in line and "[::]" not in line]
    text = "\n".join(lines).replace("443 ssl http2", "8443").replace("listen 80;", "listen 8080;")
    text = text.replace("/var/cache/nginx/byline", str(folder / "cache"))
    conf = folder / "nginx.conf"
    conf.write_text(
        f"pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n{text}\n}}"
    )
    return conf


def test_nginx_takes_its_configuration(tmp_path):
    nginx = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if nginx is None:
        pytest.skip(NO_NGINX)
    done = subprocess.run(
        [nginx, "-t", "-p", str(tmp_path), "-c", str(nginx_conf(tmp_path))],
        capture_output=True,
        text=True,
        check=False,
    )

    assert "syntax is ok" in done.stderr, done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_every_place_to_change_is_marked(name):
    """What names a machine, a domain or a folder of its own stands on a marked line."""
    lines = (DEPLOY / name).read_text().splitlines()
    own = [line for line in lines if not line.lstrip().startswith("#")]

    for line in own:
        if any(word in line for word in ("blog.example", "/var/", "/etc/", "127.0.0.1")):
            assert "# <-" in line, line


@pytest.mark.parametrize("cookie", ["__Host-sessionid", "sessionid", "visitor", "messages"])
def test_nginx_gives_nobody_who_is_known_a_page_of_its_own(cookie):
    [pattern] = re.findall(r'"~\*(\S*\\s\*\S*)" 1;', (DEPLOY / "nginx.conf").read_text())

    assert re.search(pattern, f"theme=dark; {cookie}=abc")
    assert re.search(pattern, f"{cookie}=abc")
    assert not re.search(pattern, "theme=dark")


def test_the_image_gets_what_the_blog_runs_on_and_no_more():
    """A local var/ holds the secret and everybody's addresses: what is not named stays out."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    first, *rest = [line for line in lines if not line.startswith("#")]
    named = {line[1:] for line in rest if line.startswith("!")}
    needed = [*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS, *settings.LOCALE_PATHS]
    needed = [Path(folder) for folder in needed if Path(folder).is_relative_to(ROOT)]

    assert first == "*"
    assert {folder.name for folder in needed} | {"accounts", "blog", "manage.py"} < named
    assert not named & {"var", ".git", ".venv", "uv.lock", "tests"}
    assert all((ROOT / name).exists() for name in named)


def test_the_image_runs_the_python_of_the_project_and_asks_the_port_it_serves():
    dockerfile = (ROOT / "Dockerfile").read_text()
    version = (ROOT / ".python-version").read_text().strip()

    assert set(re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)) == {f"python:{version}-slim"}
    [port] = re.findall(r"--port=(\d+)", dockerfile)
    assert re.search(rf"^EXPOSE {port}$", dockerfile, re.MULTILINE)
    assert f"127.0.0.1:{port}/healthz" in dockerfile


def test_compose_sets_what_the_settings_read():
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    blog = services["blog"]

    assert blog["environment"].keys() <= set(SETTINGS)
    assert (DEPLOY / blog["build"] / "Dockerfile").resolve() == ROOT / "Dockerfile"
    assert "ports" not in blog, "past the proxy anybody could say where a request came from"
    assert "ports" not in services["database"]
