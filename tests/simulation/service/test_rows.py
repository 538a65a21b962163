"""Rows with a meaning: what is in them, and that every chance written down is the truth."""

from types import SimpleNamespace

import numpy as np
import pytest

from recsys_lib.simulation import HomePage, World, WorldConfig, live
from recsys_lib.simulation.service.known import NEVER
from recsys_lib.simulation.service.lots import Lots
from recsys_lib.simulation.service.pages import KINDS, slot_propensity
from recsys_lib.simulation.service.policies import Visit
from recsys_lib.simulation.service.rows import CHANCES, Rows
from recsys_lib.simulation.world.config import FIRST_SEASON

QUIET = FIRST_SEASON | {"search": 0.3}
CONFIG = WorldConfig(**QUIET | {"row_meaning": 0.8, "billboard_pull": 1.0})


@pytest.fixture(scope="module")
def life():
    world = World(seed=2, n_viewers=300, weeks=6, config=CONFIG)
    return live(world, logged=1.0)


@pytest.fixture(scope="module")
def visit(life):
    """One viewer with a history, some thousand evenings at once, each with lots of its own."""
    known, n = life.state.known, 12_000
    viewer = int(np.argmax(known.unfinished.sum(axis=1)))
    same = np.full(n, viewer)
    return Visit(same, same * 0 + 1200, same * 0, known, Lots(2, 0, 0, n), 21)


@pytest.fixture(scope="module")
def pages(life, visit):
    return life.policy.page(visit)


def test_no_title_is_twice_on_a_page(pages):
    ordered = np.sort(pages.titles, axis=1)
    assert (ordered[:, 1:] != ordered[:, :-1]).all() and ordered.min() >= 0


@pytest.mark.parametrize("row", range(4))
def test_each_row_comes_as_often_as_its_chance_says(pages, row):
    """Weighed by 1 / chance, each possible row counts once: given the rows above, and so always."""
    slot, n = 1 + 5 * row, len(pages.titles)
    kind, chance = pages.kind[:, slot], pages.row_propensity[:, slot]
    about = list(zip(kind, pages.subject[:, slot], strict=True))
    if row == 0:
        for row_kind in set(about):
            here = np.array([pair == row_kind for pair in about])
            share = chance[here][0]
            np.testing.assert_allclose(chance[here], share)
            assert here.mean() == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / n))
    # A popular row may always come; its weighed share is one.
    popular = (kind == KINDS.index("popular")) / chance
    assert popular.mean() == pytest.approx(1, abs=5 * popular.std() / np.sqrt(n))


def test_titles_come_as_often_as_their_chances_say(pages):
    """In the first row, of one kind and subject; what the billboard shows hardly matters there."""
    kind, subject = pages.kind[:, 1], pages.subject[:, 1]
    about, size = np.unique(np.stack([kind, subject]), axis=1, return_counts=True)
    groups = [about[:, place] for place in np.argsort(-size)[:6]]
    assert len({group[0] for group in groups}) >= 3
    for group in groups:
        here = (kind == group[0]) & (subject == group[1])
        titles, chance = pages.titles[here, 1], pages.propensity[here, 1]
        for title in np.argsort(-np.bincount(titles))[:4]:
            said = np.median(chance[titles == title])
            error = 5 * np.sqrt(said * (1 - said) / len(titles))
            assert (titles == title).mean() == pytest.approx(said, abs=error)


def test_written_chances_follow_from_the_rows_weights(life, visit, pages):
    policy = life.policy
    weights = policy.weights(policy.day)
    some = visit.take(np.arange(200))
    page = pages.take(np.arange(200))
    for row in range(5):
        slots = slice(1 + 5 * (row - 1), 1 + 5 * row) if row else slice(0, 1)
        kind, subject = page.kind[:, slots][:, 0], page.subject[:, slots][:, 0]
        row_weights = policy.rows._weights(some, weights, kind, subject)
        np.put_along_axis(row_weights, page.titles[:, : slots.start], 0.0, axis=1)
        chance = slot_propensity(row_weights, page.titles[:, slots], CONFIG.explore)
        np.testing.assert_allclose(chance, page.propensity[:, slots])


def test_rows_hold_what_their_heading_says(life, pages, visit):
    known, viewer = visit.known, visit.viewer[0]
    titles = pages.titles[:, 1:]
    drawn = ~pages.uniform[:, 1:]
    kind, subject = pages.kind[:, 1:], pages.subject[:, 1:]

    def of(name):
        return titles[drawn & (kind == KINDS.index(name))]

    assert known.unfinished[viewer][of("continue")].mean() > 0.95
    added = known.added[of("new")]
    assert ((added > 0) & (visit.day - added <= 28)).mean() > 0.8
    here = drawn & (kind == KINDS.index("genre"))
    assert known.genres[subject[here], titles[here]].mean() > 0.9
    assert (known.last[viewer][of("genre")] == NEVER).mean() > 0.9
    watched = (known.last[viewer] > NEVER).astype(float) @ known.genres.T
    own = known.genres[np.argsort(-watched, kind="stable")[:3]].any(axis=0)
    assert own[of("different")].mean() < 0.1
    here = drawn & (kind == KINDS.index("because"))
    last = np.sort(known.last[viewer])[-3]
    assert (known.last[viewer][np.unique(subject[here])] >= last).all()
    likeness = life.policy.rows.likeness
    assert likeness[subject[here], titles[here]].mean() > 5 * likeness[subject[here]].mean()


def test_likeness_is_the_squared_cosine_of_who_watched_both(life):
    world = life.world
    seen = np.zeros((world.n_viewers, len(world.titles)))
    monday = life.evenings.loc[life.evenings["day"] < 35, "session_id"]
    plays = life.tables.plays[life.tables.plays["session_id"].isin(monday)]
    seen[plays["viewer_id"] - 1, plays["title_id"] - 1] = 1
    a, b = np.argsort(-seen.sum(axis=0))[[0, 3]]
    cosine = seen[:, a] @ seen[:, b] / np.sqrt(seen[:, a].sum() * seen[:, b].sum())
    assert life.policy.rows.likeness[a, b] == pytest.approx(cosine**2)
    assert life.policy.rows.likeness[a, a] == 0


def test_one_without_a_history_is_shown_rows_that_need_none():
    world = World(seed=2, n_viewers=300, weeks=2, config=CONFIG)
    first = live(world, weeks=1, logged=1.0).impressions
    sessions = live(world, weeks=1).evenings
    first = first[first["session_id"].isin(sessions[sessions["day"] == 0]["session_id"])]
    assert set(first["row_kind"]) == {"billboard", "popular", "new", "genre"}
    assert first["row_propensity"].between(0, 1, inclusive="right").all()


def test_rows_without_meaning_are_popular(life):
    world = World(seed=2, n_viewers=100, weeks=2, config=WorldConfig(**QUIET))
    assert set(live(world).impressions["row_kind"]) == {"popular"}
    share = life.impressions[life.impressions["row"] > 0]["row_kind"].value_counts(normalize=True)
    assert set(share.index) == set(CHANCES)


def test_uniform_slots_are_kept_in_every_row(life):
    shown = life.impressions
    share = shown.groupby("row")["uniform"].mean()
    np.testing.assert_allclose(share, CONFIG.explore, atol=0.02)


def test_weights_of_the_page_with_meaning_are_those_without(life):
    plain = HomePage(life.world)
    np.testing.assert_array_equal(
        plain.weights(3), HomePage(World(2, 300, 6, WorldConfig(**FIRST_SEASON))).weights(3)
    )


def test_the_record_names_what_a_row_is_about(life):
    shown = life.impressions
    because = shown[shown["row_kind"] == "because"]["row_subject"].astype(int)
    assert because.between(1, 882).all()
    assert set(shown[shown["row_kind"] == "genre"]["row_subject"]) <= set(life.world.wishes.genres)
    rest = shown[~shown["row_kind"].isin(["because", "genre"])]
    assert (rest["row_subject"] == "").all()


# By hand: eight titles and their genres, five of them; one viewer watched the first four.

GENRES = np.array([
    [1, 1, 0, 0, 0, 1, 0, 1],
    [1, 1, 0, 0, 0, 0, 0, 0],
    [0, 1, 1, 0, 0, 0, 0, 0],
    [0, 0, 0, 1, 1, 0, 0, 0],
    [0, 0, 0, 0, 0, 1, 1, 0],
]) * 1.0  # fmt: skip
LAST = np.array([[5, 23, 29, 16, NEVER, NEVER, NEVER, NEVER], [NEVER] * 8], np.int16)
WHOSE = {"continue": -1, "because": 1, "popular": -1, "new": -1, "genre": 0, "different": -1}


def known_by_hand():
    unfinished = np.zeros(LAST.shape, bool)
    unfinished[0, [1, 3]] = True
    added = np.array([-50, -50, 20, -50, -50, 1, 10, -50])
    return SimpleNamespace(day=30, last=LAST, unfinished=unfinished, added=added, genres=GENRES)


def rows_by_hand(**config):
    rows = Rows(WorldConfig(**config))
    rows.likeness = np.arange(64.0).reshape(8, 8) / 100
    return rows


@pytest.mark.parametrize(
    ("kind", "belongs", "asks_popularity"),
    [
        ("continue", [0, 0.5, 0, 0.25, 0, 0, 0, 0], False),  # put down a week and two weeks ago
        ("because", [0.08, 0.09, 0.10, 0.11, 0.12, 0.13, 0.14, 0.15], False),
        ("popular", [1, 1, 1, 1, 1, 1, 1, 1], True),
        ("new", [0, 0, 0, 0, 0, 0, 1, 0], True),  # one was watched, one came 29 days ago
        ("genre", [0, 0, 0, 0, 0, 1, 0, 1], True),
        ("different", [0, 0, 0, 0, 1, 0, 1, 0], True),  # the fourth genre watched is no own one
    ],
)
def test_what_belongs_to_a_row_by_hand(kind, belongs, asks_popularity):
    popular = np.array([10.0, 20, 30, 40, 50, 60, 70, 0])
    visit = SimpleNamespace(viewer=np.array([0]), known=known_by_hand())
    found = rows_by_hand()._weights(
        visit, popular, np.array([KINDS.index(kind)]), np.array([WHOSE[kind]])
    )
    base = popular if asks_popularity else 280.0 * (popular > 0)
    expected = belongs * base + 0.001 * popular
    np.testing.assert_allclose(found[0], expected)


def test_the_rows_of_a_page_and_their_chances_by_hand():
    """Odds in the order of `KINDS`: popular 2, continue 3, because 2, new 1, genre 2, different 1.

    The lots of a row: of its kind, of its having a meaning, of its subject.
    """
    lots = np.array([
        # A genre (2 of 11); what was begun (3 of 9); no meaning, so popular; popular by its odds.
        [[0.9, 0.5, 0.5, 0.1], [0, 0, 0.9, 0], [0.3, 0, 0, 0]],
        # Because of one of the last three (2 of 11); different (1 of 9); new (1 of 8); popular.
        [[0.6, 0.99, 0.7, 0.2], [0, 0, 0, 0], [0.5, 0, 0, 0]],
        # A stranger: popular, new and genre are 2, 1 and 2 of 5.
        [[0.5, 0.9, 0.9, 0.1], [0, 0, 0, 0], [0, 0.5, 0, 0]],
    ])  # fmt: skip
    visit = SimpleNamespace(
        viewer=np.array([0, 0, 1]), known=known_by_hand(),
        lots=SimpleNamespace(uniform=lambda *_: lots),
    )  # fmt: skip
    kind, subject, chance = rows_by_hand(row_meaning=0.8)._rows(visit)
    names = [[KINDS[number] for number in page] for page in kind]
    assert names == [
        ["genre", "continue", "popular", "popular"],
        ["because", "different", "new", "popular"],
        ["new", "genre", "popular", "popular"],
    ]
    # Genres have the odds 1 + titles watched: 3, 3, 3, 2, 1, and 1 each for a stranger.
    np.testing.assert_array_equal(subject, [[1, -1, -1, -1], [2, -1, -1, -1], [-1, 2, -1, -1]])
    np.testing.assert_allclose(chance, [
        [0.8 * 2 / 11 * 3 / 12, 0.8 * 3 / 9, 0.8 * 2 / 6 + 0.2, 0.8 * 2 / 6 + 0.2],
        [0.8 * 2 / 11 / 3, 0.8 * 1 / 9, 0.8 * 1 / 8, 0.8 * 2 / 7 + 0.2],
        [0.8 * 1 / 5, 0.8 * 2 / 4 / 5, 0.8 * 2 / 2 + 0.2, 0.8 * 2 / 2 + 0.2],
    ])  # fmt: skip
