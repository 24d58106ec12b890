"""Make the file that WordPress exports, piece by piece, and bring it in."""

import io
from pathlib import Path

from django.core.management import call_command

BLOG = "https://old.example"


def export(tmp_path: Path, *items: str, head: str = "") -> Path:
    file = tmp_path / "export.xml"
    file.write_text(
        '\n<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">'
        f"<channel><title>Old</title><wp:wxr_version>1.2</wp:wxr_version>"
        f"<wp:base_blog_url>{BLOG}</wp:base_blog_url>{head}{''.join(items)}</channel></rss>",
        encoding="utf-8",
    )
    return file


def item(number: int, text: str = "Words.", *, more: str = "", meta: dict | None = None, **given):
    values = {
        "title": f"Post {number}",
        "link": f"{BLOG}/2020/05/post-{number}/",
        "guid": f"{BLOG}/?p={number}",
        "dc:creator": "jane",
        "wp:post_id": number,
        "wp:post_date_gmt": "2020-05-01 09:00:00",
        "wp:post_name": f"post-{number}",
        "wp:status": "publish",
        "wp:post_type": "post",
        "content:encoded": text,
    }
    values |= {name.replace("__", ":"): value for name, value in given.items()}
    fields = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in values.items())
    for key, value in (meta or {}).items():
        fields += (
            f"<wp:postmeta><wp:meta_key>{key}</wp:meta_key>"
            f"<wp:meta_value><![CDATA[{value}]]></wp:meta_value></wp:postmeta>"
        )
    return f"<item>{fields}{more}</item>"


def picture(number: int, name: str, **given) -> str:
    url = f"{BLOG}/wp-content/uploads/{name}"
    given = {
        "wp__post_type": "attachment",
        "wp__status": "inherit",
        "wp__attachment_url": url,
    } | given
    meta = {"_wp_attachment_image_alt": f"Alt {number}"}
    return item(number, "", meta=meta, excerpt__encoded=f"Caption {number}", **given)


def comment(number: int, text: str = "Yes.", parent: int = 0, approved: str = "1", kind: str = ""):
    return (
        f"<wp:comment><wp:comment_id>{number}</wp:comment_id><wp:comment_author>Ann</wp:comment_author>"
        "<wp:comment_author_email>ann@example.org</wp:comment_author_email>"
        "<wp:comment_author_url>http://ann.example/</wp:comment_author_url>"
        "<wp:comment_author_IP>203.0.113.9</wp:comment_author_IP>"
        f"<wp:comment_date_gmt>2020-05-02 10:00:0{number % 10}</wp:comment_date_gmt>"
        f"<wp:comment_content><![CDATA[{text}]]></wp:comment_content>"
        f"<wp:comment_approved>{approved}</wp:comment_approved><wp:comment_type>{kind}</wp:comment_type>"
        f"<wp:comment_parent>{parent}</wp:comment_parent></wp:comment>"
    )


def move(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_wordpress", file, *options, stdout=out)
    return out.getvalue()


def title_of(**given) -> dict:
    return {"title": "T", "wp__post_name": "t"} | given
