"""An address that is not there, however deep, shows a page that helps: served as a host would."""

from __future__ import annotations

import threading
from functools import partial
from http.server import ThreadingHTTPServer

import pytest
from bs4 import BeautifulSoup

from tests.site.conftest import Quiet
from tests.site.test_keyboard import wait_for
from tests.site.test_sharing import BASE


class Host(Quiet):
    """Serves 404.html for whatever is missing, as GitHub Pages does."""

    def send_error(self, code, message=None, explain=None):
        self.error_message_format = (self.site / "404.html").read_text(encoding="utf-8")
        self.error_message_format = self.error_message_format.replace("%", "%%")
        super().send_error(code, message, explain)


@pytest.fixture
def host(site, tmp_path):
    """The site below a project's path, as it is published."""
    (tmp_path / "watch-next").symlink_to(site)
    handler = partial(type("Here", (Host,), {"site": site}), directory=str(tmp_path))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/watch-next"
        running.shutdown()


@pytest.mark.parametrize("path", ["nowhere.html", "chapters/old/name/01.html"])
def test_it_is_whole_at_any_depth(chromium, host, path):
    chromium.look(width=390, theme="dark")
    chromium.open(f"{host}/{path}")
    assert chromium.run("document.querySelector('h1').textContent").startswith("This page is not")
    assert chromium.requests == [f"{host}/{path}"]
    assert chromium.run("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 29)"


def test_its_links_and_its_search_lead_into_the_site(site):
    soup = BeautifulSoup((site / "404.html").read_text(encoding="utf-8"), "html.parser")
    addresses = [soup.form["action"], *(link["href"] for link in soup.select("a"))]
    inside = [address for address in addresses if address.startswith(BASE)]
    assert len(inside) == 3
    assert all((site / address.removeprefix(BASE)).is_file() for address in inside)
    assert not [address for address in addresses if "://" not in address]


def test_its_search_is_the_site_s_own(chromium, host):
    """The form sends what the search page reads."""
    chromium.look(width=1280, theme="light")
    chromium.open(f"{host}/nowhere.html")
    here = f"document.forms[0].action = document.forms[0].action.replace('{BASE}', '{host}/')"
    chromium.run(here)
    chromium.run("document.querySelector('input').focus()")
    chromium.write("Fleabag")
    chromium.press("Enter")
    wait_for(chromium, "location.search === '?q=Fleabag'")
    wait_for(chromium, "document.querySelectorAll('#search-results li').length > 0")
