"""Generative retrieval in miniature: the next title is spelled, a number of its code at a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from recsys_lib.errors import check_at_least
from recsys_lib.interactions import Interactions
from recsys_lib.models.content.profile import ContentProfile
from recsys_lib.models.content.title_features import check_titles
from recsys_lib.models.deep.packages import library
from recsys_lib.models.sequences.gru4rec import GRU4Rec
from recsys_lib.models.sequences.network import BLOCK, SequenceNetwork, dropping
from recsys_lib.models.sequences.order import windows
from recsys_lib.models.sequences.semantic_ids import condensed, numbered, residual_codes
from recsys_lib.models.similar import cosines


class GenerativeRetrieval(SequenceNetwork):
    """Reads the codes of what was watched and spells the code of what comes next.

    title[i]    = sum over levels l of letters[l][code[i, l]]
    h[0]        = what a `GRU4Rec` remembers of the titles watched
    p(c | h[l]) = softmax over c of h[l] @ letters[l][c] + bias[l][c]
    h[l+1]      = tanh(h[l] @ keep[l] + letters[l][code[i, l]] @ tell[l])
    score[u, i] = sum over levels l of log p(code[i, l] | h[l])
    loss        = -mean over evenings of score[next title]

    No title has numbers of its own: what is learned belongs to letters, which many titles share.
    Codes are `residual_codes` of the title features, `condensed`; a title that nobody has watched
    has one, too. Here every title is scored exactly, so lists need no search; a service that spells
    among millions follows the likeliest beginnings only (a beam), and may miss the best title.
    Chances of all spellings sum to 1. Spellings that are no title's have a part of it.

    Args:
        levels, codes: as in `residual_codes`.
        last: whether a last number tells titles of one code apart (`numbered`). Without it they
            have equal scores. A title without events cannot have taught its own.
        components: numbers a title of which the code is made, at least 1.
        weights: blocks of title features, as in `ContentProfile`, which computes them.
        factors, length, dropout, epochs: as in `SASRec`.
        batch_size, patience, learning_rate, held_out: as in `SASRec`.
        random_state, progress: as in `SASRec`; the seed is k-means' too.

    Attributes:
        codes_: int64 (n_items, levels), with the last number one column more.
        parameters_: name → float64 array; `letters l` is (letters of level l, factors).
        history_: as in `SequenceNetwork`.

    Raises:
        MissingPackageError: JAX or optax is not installed; to fit, not to score.
        ArgumentError: an argument outside its values.
        DataError: no times, nobody watched two titles, or `items` as in `ContentProfile`.

    Source: `rajput2023`, with k-means, a GRU and exact scores in the place of a network that learns
    the codes, of a transformer and of a beam.
    """

    _whole = ("factors", "length", "epochs")

    def __init__(
        self,
        levels: int = 3,
        codes: int = 16,
        last: bool = True,
        components: int = 64,
        weights: dict[str, float] | None = None,
        factors: int = 32,
        length: int = 30,
        dropout: float = 0.2,
        epochs: int = 30,
        batch_size: int = 64,
        patience: int = 3,
        learning_rate: float = 0.01,
        held_out: float = 0.1,
        random_state: int = 0,
        progress: bool = False,
    ) -> None:
        self.levels = levels
        self.codes = codes
        self.last = last
        self.components = components
        self.weights = weights
        self.factors = factors
        self.length = length
        self.dropout = dropout
        self.epochs = epochs
        self.batch_size = batch_size
        self.patience = patience
        self.learning_rate = learning_rate
        self.held_out = held_out
        self.random_state = random_state
        self.progress = progress

    def _fit(self, train: Interactions, items, users) -> None:
        for name in ("levels", "codes", "components"):
            check_at_least(name, getattr(self, name), 1, integer=True)
        check_titles(items, (), "GenerativeRetrieval")
        codes = self._codes(train, items)
        self.codes_ = numbered(codes) if self.last else codes
        super()._fit(train, items, users)

    def _codes(self, train: Interactions, items) -> np.ndarray:
        features = ContentProfile(self.weights).fit(train, items=items).features_
        return residual_codes(condensed(features, self.components), self.levels, self.codes,
                              random_state=self.random_state)  # fmt: skip

    def _loss(self) -> Spelling:
        return Spelling(float(self.dropout))

    def _batch(self, seen: np.ndarray) -> dict[str, np.ndarray]:
        return {"seen": seen, "codes": self.codes_}

    def _begin_with(self, train: Interactions) -> dict[str, np.ndarray]:
        rng, d = np.random.default_rng(self.random_state), int(self.factors)
        first = GRU4Rec._first(self, rng)
        for level, letter in enumerate(self.codes_.T):
            share = np.bincount(letter, weights=train.item_counts) + 1.0
            first[f"letters {level}"] = rng.normal(0, 0.1, (len(share), d))
            first[f"bias {level}"] = np.log(share / share.mean())
            first[f"keep {level}"] = rng.normal(0, d**-0.5, (d, d))
            first[f"tell {level}"] = rng.normal(0, d**-0.5, (d, d))
        return first

    def _score_histories(self, users: np.ndarray, histories: sparse.csr_array) -> np.ndarray:
        seen = windows(histories, int(self.length), empty=histories.shape[1])
        scores = np.empty(histories.shape, np.float32)
        for start in range(0, len(seen), BLOCK):
            block = seen[start : start + BLOCK]
            memory = remembered(self.parameters_, self.codes_, block, lambda x, place: x, np)
            scores[start : start + BLOCK] = log_chances(
                self.parameters_, memory[:, -1], self.codes_
            )
        return scores

    def _likeness(self, column: int) -> np.ndarray:
        return cosines(titles(self.parameters_, self.codes_, np)[:-1], column)


def titles(p: dict, codes, xp=np):
    """The vector of each title, and one of zeros that pads: (n_items + 1, factors)."""
    spelled = sum(p[f"letters {level}"][codes[:, level]] for level in range(codes.shape[1]))
    return xp.concatenate([spelled, xp.zeros((1, spelled.shape[1]))])


def remembered(p: dict, codes, seen, drop, xp=np):
    """What is remembered after each evening, (n, length, factors)."""
    return GRU4Rec._states(p | {"titles": titles(p, codes, xp)}, seen, drop, xp)


def letter(p: dict, level: int, state, xp=np):
    """log p(c | state) of each letter c of a level, (..., letters)."""
    score = state @ p[f"letters {level}"].T + p[f"bias {level}"]
    score = score - score.max(axis=-1, keepdims=True)
    return score - xp.log(xp.exp(score).sum(axis=-1, keepdims=True))


def told(p: dict, level: int, state, letters, xp=np):
    """The state when the letters of this level are known, too."""
    return xp.tanh(state @ p[f"keep {level}"] + p[f"letters {level}"][letters] @ p[f"tell {level}"])


def log_chances(p: dict, state: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """log p of the whole code of each title: every beginning is gone through once.

    Args:
        p: the parameters.
        state: float64 (n, factors), what is remembered.
        codes: int (n_items, levels).

    Returns:
        float64 (n, n_items).
    """
    total, states = np.zeros((len(state), len(codes))), state[:, None]  # (n, beginnings, factors)
    begun = np.zeros(len(codes), np.int64)  # the beginning of each title
    for level, letters in enumerate(codes.T):
        total += letter(p, level, states)[:, begun, letters]
        pairs, begun = np.unique(np.column_stack([begun, letters]), axis=0, return_inverse=True)
        begun = begun.ravel()
        if level < codes.shape[1] - 1:
            states = told(p, level, states[:, pairs[:, 0]], pairs[:, 1])
    return total


@dataclass(frozen=True)
class Spelling:
    """The loss of `GenerativeRetrieval`: how surprised it is by the letters that came; for JAX."""

    dropout: float

    def __call__(self, parameters: dict, batch: dict, key):
        jax, _ = library()
        xp, codes, seen = jax.numpy, batch["codes"], batch["seen"]
        drop = dropping(key, self.dropout)
        state = remembered(parameters, codes, seen[:, :-1], drop, xp)
        real = seen[:, 1:] < len(codes)
        following = codes[xp.where(real, seen[:, 1:], 0)]
        missed = 0.0
        for level in range(codes.shape[1]):
            right = following[..., level]
            chance = letter(parameters, level, state, xp)
            missed -= xp.take_along_axis(chance, right[..., None], axis=-1)[..., 0]
            state = told(parameters, level, state, right, xp)
        return (missed * real).sum() / xp.maximum(real.sum(), 1)
