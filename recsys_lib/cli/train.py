"""Fit a model on all of the data and save it."""

from __future__ import annotations

import argparse
from pathlib import Path

from recsys_lib.cli import data as source
from recsys_lib.cli.estimate import expected
from recsys_lib.cli.models import SETTINGS, check_needs, make, values_text
from recsys_lib.cli.progress import alive
from recsys_lib.models.saved import holds_histories, save


def add_options(command: argparse.ArgumentParser) -> None:
    """The data, the model, and where it goes."""
    source.add_options(command)
    command.add_argument("--model", default="item-knn", help=f"a model's name. {SETTINGS}")
    command.add_argument("-o", "--out", type=Path, required=True, metavar="MODEL.zip")


def run(options: argparse.Namespace) -> None:
    """Fit, save, and say how to ask the model."""
    source.check_out(options.out)
    model = make(options.model, options.seed)
    data = source.open_data(options)
    check_needs(options.model, model, data)
    takes = expected(model, data.interactions, items=data.items, users=data.users)
    with alive(f"fitting {options.model}", takes):
        model.fit(data.interactions, items=data.items, users=data.users)
    save(model, options.out)
    some = ",".join(map(str, data.interactions.items[:2]))
    holds = (
        "what each user had, without their ids" if holds_histories(model) else "no user's history"
    )
    said = [source.found_text(data), f"Saved {options.model} in {options.out}; it holds {holds}.",
            values_text({options.model: model}, data),
            f"Next: python -m recsys_lib recommend {options.out} --history {some}"]  # fmt: skip
    print("\n\n".join(part for part in said if part))
