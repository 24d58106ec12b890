"""The configurations for web servers in front: each is one that its server takes."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parent.parent / "deploy"
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
