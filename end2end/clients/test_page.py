"""The page as a plain HTTP client sees it."""

import urllib.request


def test_the_page_is_whole_html_without_a_script_having_run(server):
    with urllib.request.urlopen(server.url + "/") as response:
        assert response.status == 200
        assert response.headers["content-type"].startswith("text/html")
        text = response.read().decode()
    assert text.lower().startswith("<!doctype html>")
    assert "</html>" in text
