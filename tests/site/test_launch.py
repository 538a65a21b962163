"""The ways from a page to a running notebook: download, Binder, Colab, and what these install."""

from __future__ import annotations

import re
import tomllib
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from tests.site.conftest import ROOT

CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
REPOSITORY = CONFIG["repository"]["url"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_repository_has_one_address():
    owner, name = urlsplit(REPOSITORY).path.strip("/").split("/")
    assert CONFIG["html"]["baseurl"] == f"https://{owner}.github.io/{name}/"
    assert yaml.safe_load(text("CITATION.cff"))["repository-code"] == REPOSITORY
    assert PROJECT["urls"]["Source"] == REPOSITORY
    for page in ("README.md", "book/how_to_use.md"):
        assert set(re.findall(r"git clone.* (\S+)", text(page))) <= {REPOSITORY}


def test_each_chapter_is_downloaded_and_launched_as_itself(site, pages):
    chapters = [page for page in pages if page.startswith("chapters/")]
    assert chapters
    owner_and_name = urlsplit(REPOSITORY).path
    branch = CONFIG["repository"]["branch"]
    for page in chapters:
        notebook = page.replace(".html", ".ipynb")
        soup = BeautifulSoup((site / page).read_text(encoding="utf-8"), "html.parser")
        download = soup.select_one("a.btn-download-source-button")["href"]
        offered = (site / page).parent / download
        assert offered.read_bytes() == (ROOT / notebook).read_bytes()
        colab = soup.select_one("a[href*='colab.research.google.com']")["href"]
        assert urlsplit(colab).path == f"/github{owner_and_name}/blob/{branch}/{notebook}"
        binder = urlsplit(soup.select_one("a[href*='mybinder.org']")["href"])
        assert binder.path == f"/v2/gh{owner_and_name}/{branch}"
        assert parse_qs(binder.query) == {"urlpath": [f"lab/tree/{notebook}"]}


def test_binder_installs_what_a_reader_installs():
    assert text(".binder/requirements.txt").split() == ["-r", "../requirements.txt"]
    version = re.fullmatch(r"python-3\.(\d+)\n", text(".binder/runtime.txt"))
    allowed = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"])
    assert int(allowed[1]) <= int(version[1]) < int(allowed[2])
    assert f'"3.{version[1]}"' in text(".github/workflows/ci.yml")


@pytest.mark.parametrize("page", ["README.md", "book/how_to_use.md"])
def test_who_reads_in_colab_is_sent_to_the_first_cell(page):
    (told,) = [part for part in text(page).split("\n\n") if part.startswith("In Colab")]
    assert "first cell" in told
