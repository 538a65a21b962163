"""The stored data of the explorables, made anew, and what their pages say of it."""

from __future__ import annotations

import gzip
import json
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from sphinx.application import Sphinx

from book.tools.explorables import make as explore
from book.tools.explorables.taste_map import MOST_WATCHED, directions
from recsys_lib.datasets import load_matinee
from recsys_lib.models.factors.ials import ImplicitALS


def stored(name: str) -> str:
    return (explore.FOLDER / f"{name}.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["live", "neighbours", "taste_map"])
def test_what_is_stored_is_as_fresh(name):
    assert explore.as_json(name) == stored(name), f"run python -m book.tools.explorables {name}"


@pytest.fixture(scope="module")
def extension():
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(Path(explore.__file__).parents[2] / "_ext"))
        import explorable

        yield explorable


def test_no_title_can_end_the_script_that_holds_the_data(extension):
    data = json.dumps({"finding": "<b> & co", "titles": ["</script><script>alert(1)"]})
    html = extension.section_html(name="x", label="y", controls="", data=data, scripts="z")
    assert html.count("</script>") == 3
    assert "&lt;b&gt; &amp; co" in html
    inside = html.split('class="explorable-data">')[1].split("</script>")[0]
    assert json.loads(inside) == json.loads(data)


@pytest.fixture(scope="module")
def taste_map() -> dict:
    return json.loads(stored("taste_map"))


@pytest.fixture(scope="module")
def matinee():
    return load_matinee()


def test_the_map_is_turned_as_the_one_of_chapter_5(taste_map, matinee):
    """Scaled to one length, the 200 titles of that figure keep their places, roughly."""
    watched = matinee.watched()
    factors = ImplicitALS(factors=40).fit(watched).item_factors_.astype(float)
    most = np.argsort(-watched.item_counts, kind="stable")[:MOST_WATCHED]
    u, sigma, _ = np.linalg.svd(factors[most] - factors[most].mean(axis=0), full_matrices=False)
    there = u[:, :2] * sigma[:2]
    there *= np.sign(there[list(matinee.titles["title"].iloc[most]).index("Friends")])
    here = np.column_stack([taste_map["x"], np.negative(taste_map["y"])])[most]
    assert all(np.corrcoef(there[:, axis], here[:, axis])[0, 1] > 0.8 for axis in (0, 1))


def test_the_ten_nearest_by_a_loop(taste_map, matinee):
    unit = directions(matinee.watched())
    for title in (0, 300, 881):
        cosine = {other: unit[title] @ unit[other] for other in range(882) if other != title}
        best = sorted(cosine, key=lambda other: -cosine[other])
        assert taste_map["near"][title] == best[:10]
        assert taste_map["place_of_beside"][title] == 1 + best.index(taste_map["beside"][title])
        likeness = [round(100 * cosine[other]) for other in best[:10]]
        assert taste_map["likeness"][title] == likeness


def test_the_map_s_page_says_how_much_it_misleads(taste_map, matinee):
    x, y = np.array(taste_map["x"]), np.array(taste_map["y"])
    gaps = ((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2).astype(float)
    np.fill_diagonal(gaps, np.inf)
    drawn = gaps.argsort(axis=1, kind="stable")[:, :10]
    both = [len({*a} & {*b}) for a, b in zip(drawn.tolist(), taste_map["near"], strict=True)]
    shares = np.bincount(both) / len(both)
    assert 0.55 < shares[0] < 0.62 and 0.23 < shares[1] < 0.29 and shares[3:].sum() < 0.1
    watched = matinee.watched()
    unit = directions(watched)
    most = np.argsort(-watched.item_counts, kind="stable")[:MOST_WATCHED]
    spread = unit - unit[most].mean(axis=0)
    _, _, turned = np.linalg.svd(spread[most], full_matrices=False)
    held = ((spread @ turned[:2].T) ** 2).sum() / (spread**2).sum()
    page = (explore.FOLDER.parent / "explore_taste_map.md").read_text(encoding="utf-8")
    assert f"hold {held:.0%} of".replace("%", " %") in page
    title = matinee.titles["title"].tolist().index("Real Humans")
    assert watched.item_counts[title] == 1


def build(folder: Path, name: str) -> tuple[str, str]:
    """The page of a book of one explorable, and the build's warnings."""
    (folder / "index.md").write_text(f"# One page\n\n```{{explorable}} {name}\n<p>Hi</p>\n```\n")
    config = {"extensions": ["myst_parser", "explorable"], "html_theme": "basic"}
    warnings = StringIO()
    out = str(folder / "out")
    app = Sphinx(str(folder), None, out, out, "html", config, status=None, warning=warnings)
    app.build()
    return (folder / "out/index.html").read_text(encoding="utf-8"), warnings.getvalue()


def test_an_explorable_without_data_or_script_is_a_warning(extension, tmp_path):
    for path in (extension.SCRIPTS, extension.DATA):
        (tmp_path / path).mkdir(parents=True)
    page, warnings = build(tmp_path, "shoes")
    assert "book/_static/explore/shoes.js: write it" in warnings and "explorable" not in page
    (tmp_path / extension.SCRIPTS / "shoes.js").write_text("")
    page, warnings = build(tmp_path, "shoes")
    assert "run python -m book.tools.explorables shoes" in warnings
    (tmp_path / extension.DATA / "shoes.json").write_text("{}")
    page, warnings = build(tmp_path, "shoes")
    assert (
        "shoes" not in warnings and 'src="_static/explore/shoes.js"' in page and "<p>Hi</p>" in page
    )


@pytest.mark.parametrize("name", ["live"])
def test_what_stands_beside_is_as_fresh_and_small(name):
    for path, text in explore.beside(name).items():
        assert path.read_text(encoding="utf-8") == text, (
            f"run python -m book.tools.explorables {name}"
        )
        assert len(gzip.compress(text.encode())) < 400_000
