"""Dark figures in a second engine: Firefox has its own way of letting a picture follow its page."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from tests.site.firefox import Firefox, executable

pytestmark = pytest.mark.xdist_group("firefox")

CHAPTER = "chapters/01_what_should_i_watch_next.html"
COUNT = "() => document.querySelectorAll(\"article figure img[src$='.svg']\").length"
CHOOSE = "theme => { localStorage.setItem('mode', theme); localStorage.setItem('theme', theme) }"


@pytest.fixture(params=["dark", "light"])
def firefox(request) -> Iterator[Firefox]:
    if executable() is None:
        pytest.fail("no Firefox on this system; on Debian: apt-get install firefox-esr")
    browser = Firefox(request.param)
    browser.theme = request.param
    yield browser
    browser.close()


def paper_and_ink(picture: np.ndarray) -> tuple[float, float]:
    """Brightness, 0 to 255, of the commonest pixel and of the grey one farthest from it."""
    brightness = picture.mean(axis=2)
    paper = float(np.median(brightness))
    grey = brightness[np.ptp(picture, axis=2) < 30]
    return paper, float(grey[np.abs(grey - paper).argmax()])


def is_dark(picture: np.ndarray) -> bool:
    paper, ink = paper_and_ink(picture)
    return paper < 60 and ink > 170


def is_light(picture: np.ndarray) -> bool:
    paper, ink = paper_and_ink(picture)
    return paper > 230 and ink < 100


def figures(browser: Firefox) -> list[np.ndarray]:
    found = [browser.figure(number) for number in range(browser.run(COUNT)["value"])]
    assert found
    return found


def test_figures_follow_the_system_and_then_the_reader(firefox, server):
    """A reader's own choice on the page outweighs the system's."""
    checks = {"dark": is_dark, "light": is_light}
    firefox.open(f"{server}/{CHAPTER}")
    assert all(map(checks[firefox.theme], figures(firefox)))
    other = "light" if firefox.theme == "dark" else "dark"
    firefox.run(CHOOSE, other)
    firefox.open(f"{server}/{CHAPTER}")
    assert all(map(checks[other], figures(firefox)))


def test_the_eye_tells_dark_ink_from_light():
    picture = np.full((40, 40, 3), 20)
    picture[:3] = 80
    assert not is_dark(picture)  # dark ink on dark paper
    picture[:3] = 230
    assert is_dark(picture)
    assert not is_light(picture)
