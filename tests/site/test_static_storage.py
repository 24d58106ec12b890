"""What is sent of our stylesheets and scripts."""

import re

from django.core.files.base import ContentFile

from blog.site.static_storage import StaticStorage


def test_comments_and_indentation_of_ours_are_not_sent(tmp_path):
    storage = StaticStorage(location=tmp_path)
    script = b"// Why.\nconst at = `https://a.example/`; // stays\n  // Why not.\n  run(at);\n"
    sheet = b"/* Why. */\na { color: red; } /* two\nlines */\nb {\n  x: y }\n"

    for name, content in [("js/a.js", script), ("css/a.css", sheet), ("admin/js/b.js", script)]:
        file = ContentFile(content)
        file.read()  # as Django does for the hash in the name
        storage.save(name, file)

    sent = b"const at = `https://a.example/`; // stays\nrun(at);\n"
    assert (tmp_path / "js/a.js").read_bytes() == sent
    assert (tmp_path / "css/a.css").read_bytes() == b"a{color:red}b{x:y}"
    assert (tmp_path / "admin/js/b.js").read_bytes() == script  # somebody else's
    assert re.fullmatch(
        r"js/a\.[0-9a-f]{8}\.js", storage.hashed_name("js/a.js", ContentFile(script))
    )
