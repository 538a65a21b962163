"""Formulas become MathML that says what the TeX said, or an error."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / "book/_ext/mathml.py"
SPEC = importlib.util.spec_from_file_location("mathml", FILE)
mathml = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(mathml)


@pytest.mark.parametrize(
    ("tex", "parts"),
    [
        (r"\frac{P(j \mid i)}{P(j)}", ["mfrac", "∣"]),
        (r"\operatorname{lift}(i, j)", [">lift<"]),
        (r"\sum_{i=1}^{n} \log_2 i", ["munderover", "∑", ">log<"]),
        (r"\lVert p_u \rVert^2", ["‖"]),
        (r"\hat r_{ui} = \mu + b_u", ["mover", "μ"]),
        (r"\begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}", ["mtable", "otherwise"]),
        (r"\begin{aligned} a &= b \\ c &= d \end{aligned}", ["mtable", "mtr"]),
        (r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", ["mtable", "mtd"]),
        (r"\underset{i}{\arg\max} s_i", ["munder", "arg"]),
    ],
)
def test_formulas_of_the_book_are_understood(tex, parts):
    written = mathml.to_mathml(tex, display=True)
    assert re.match(r'<math [^>]*display="block"', written)
    assert [part for part in parts if part not in written] == []


def test_a_sum_has_its_limits_above_and_below_but_a_square_stays_beside():
    written = mathml.to_mathml(r"\sum_i^n x^2", display=False)
    assert written.count("munderover") == 2
    assert written.count("<msup>") == 1


def test_a_word_is_a_name_and_not_an_operator():
    for tex in (
        r"\operatorname{own} - \operatorname{men}",
        r"\max_i x",
        r"\underset{i}{\arg\max} s",
    ):
        written = mathml.to_mathml(tex, display=False)
        assert not re.search(r"<mo[^>]*>[A-Za-z]", written)
    assert "<mi>own</mi><mo>−</mo><mi>men</mi>" in mathml.to_mathml(
        r"\operatorname{own} - \operatorname{men}", display=False
    )


def test_equations_under_each_other_meet_at_their_sign():
    written = mathml.to_mathml(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", display=True)
    assert written.count("padding:3px 0;text-align:right") == 2
    cases = r"\begin{cases} 1 & x > 0 \\ 0 & y \end{cases}"
    assert "padding" not in mathml.to_mathml(cases, display=True)


@pytest.mark.parametrize(
    "tex", [r"\nosuchthing{x}", r"\frac{1", "a & b", r"\text{a $x$ b}", r"\operatorname*{max} x"]
)
def test_what_is_not_understood_is_an_error(tex):
    with pytest.raises(ValueError):
        mathml.to_mathml(tex, display=False)


@pytest.mark.parametrize(
    ("tex", "spaces"),
    [(r"1 - \log s", 1), (r"\log_2 i", 1), (r"\operatorname{logit} P(u, i)", 1),
     (r"\ln \frac{1}{2}", 1), (r"\log(p)", 0), (r"\operatorname{lift} i", 0)],
)  # fmt: skip
def test_a_logarithm_stands_apart_from_what_it_is_taken_of(tex, spaces):
    assert mathml.to_mathml(tex, display=False).count("mspace") == spaces


@pytest.mark.parametrize(
    ("tex", "signs"), [("x = -1", 1), ("2 \\cdot -3", 1), ("(-1, -2)", 2), ("a - b", 0), ("-1", 0)]
)
def test_a_minus_that_is_a_sign_says_so(tex, signs):
    """The first thing in a formula is a sign in any case."""
    assert mathml.to_mathml(tex, display=False).count('form="prefix"') == signs
