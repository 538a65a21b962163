"""Attention: a mean of what was watched, in which each evening chooses the weights itself.

Written once for two kinds of array: `np` is numpy, or `jax.numpy` while a network learns.
"""

from __future__ import annotations

import numpy

NEVER = -1e30  # as good as minus infinity, and without its 0 * inf


def attention(queries, keys, values, allowed, np=numpy):
    """What each evening takes from the others, and how much of each.

    score[t, s]  = queries[t] @ keys[s] / sqrt(width)      where allowed[t, s], else NEVER
    weight[t, s] = exp(score[t, s]) / sum over r of exp(score[t, r])
    taken[t]     = sum over s of weight[t, s] * values[s]

    Args:
        queries, keys: (..., length, width); values: (..., length, any width).
        allowed: bool (..., length, length); each t needs an s.

    Returns:
        taken (..., length, any width) and weight (..., length, length), of which rows sum to 1.

    Source: `kang2018` for its use on histories.

    >>> one = numpy.array([[0.0], [0.0]])  # nothing is sought, so all weigh the same
    >>> attention(one, one, numpy.array([[2.0], [4.0]]), earlier(2))[0]
    array([[2.],
           [3.]])
    """
    score = queries @ np.swapaxes(keys, -1, -2) / queries.shape[-1] ** 0.5
    score = np.where(allowed, score, NEVER)
    weight = np.exp(score - score.max(axis=-1, keepdims=True))
    weight = weight / weight.sum(axis=-1, keepdims=True)
    return weight @ values, weight


def earlier(length: int) -> numpy.ndarray:
    """Whether evening t may look at evening s: at itself and at what came before, bool (t, s)."""
    return numpy.tri(length, dtype=bool)


def normed(x, scale, shift, np=numpy):
    """Each vector with mean 0 and variance 1, then scaled and shifted by what was learned."""
    x = x - x.mean(axis=-1, keepdims=True)
    return scale * x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + 1e-6) + shift
