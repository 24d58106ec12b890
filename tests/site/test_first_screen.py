from blog.site.first_screen import first_styles
from blog.site.models import SiteSettings


def test_whoever_works_on_a_stylesheet_sees_it_without_a_new_start(settings, tmp_path):
    settings.DEBUG, settings.STATICFILES_DIRS = True, [tmp_path / "static"]
    folder = tmp_path / "static/css"
    folder.mkdir(parents=True)
    (folder / "tokens.css").touch()
    shown = []
    for colour in ("red", "blue"):
        (folder / "first.css").write_text(f"a {{ color: {colour}; }}")
        shown.append(first_styles((), SiteSettings()))
    assert ["red" in shown[0].markup, "blue" in shown[1].markup] == [True, True]
    assert shown[0].hash != shown[1].hash
