"""A fitted model in a file, without the log that it was fitted on; reading one runs no code.

The file is a zip: `model.json` says what the model is and how its parts fit together, and each
array is a member of its own in numpy's format. So a file from a stranger is only data: no pickle,
and no class but the library's own recommenders. What is saved is what the model learned about
titles; of `UserKNN`, which learns viewers, it is what each of them watched, without their labels. A
loaded model answers for histories (`recommend_for`, `score_histories`) and knows no viewers, but
for the groups that `DemographicGroups` and `FeaturedMF` were told of.
"""

from __future__ import annotations

import json
import os
import platform
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
import scipy
import sklearn
from sklearn.utils.validation import check_is_fitted

from recsys_lib import models
from recsys_lib.errors import DataError, RecsysError, UnsupportedError
from recsys_lib.models.base import Recommender
from recsys_lib.models.numerics import check_memory
from recsys_lib.models.saved_values import Reader, Writer

FORMAT = 1
MANIFEST = "model.json"
NAMES = tuple(
    name
    for name in models.__all__
    if isinstance(getattr(models, name), type) and issubclass(getattr(models, name), Recommender)
)


def save(model: Recommender, path: str | os.PathLike) -> None:
    """Write a fitted model into a zip file; an existing one is replaced, whole or not at all.

    The same model gives the same bytes with the same versions of the libraries.

    Raises:
        UnsupportedError: the model knows only the viewers of its log, or is not one of the
            library's own.
        sklearn.exceptions.NotFittedError: the model is not fitted.
    """
    path, writer = Path(path), Writer()
    log = model.train_ if hasattr(model, "train_") else None
    manifest = {
        "format": FORMAT,
        "made with": _versions(),
        "fitted on": None if log is None else repr(log),
        "repr": " ".join(repr(model).split()),
        "model": _described(model, writer),
    }
    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False, indent=1)
    unfinished = path.with_name(path.name + ".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in {MANIFEST: text.encode(), **writer.members}.items():
                archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
        os.replace(unfinished, path)
    except OSError as error:
        what = f"the model could not be written: {error.strerror}"
        raise DataError(what, where=str(path)) from None
    finally:
        unfinished.unlink(missing_ok=True)


def load(path: str | os.PathLike) -> Recommender:
    """The model that `save` wrote.

    Raises:
        DataError: no such file, no saved model, a damaged one, or one of another format.
    """
    with _opened(path) as archive:
        try:
            manifest = _manifest(archive, path)
            size = sum(member.file_size for member in archive.infolist())
            check_memory(size, f"The arrays of {path}", "Is it a model that you saved?")
            return _rebuilt(manifest["model"], Reader(archive, _make))
        except RecsysError:
            raise
        except Exception as error:  # whatever a damaged file makes numpy, json or zipfile say
            raise DataError(f"the model is damaged: {type(error).__name__}", where=str(path),
                            fix="Save it again.") from None  # fmt: skip


def made_with(path: str | os.PathLike) -> dict:
    """What a saved model says of itself: format, versions, what it was fitted on, and its repr.

    Raises:
        DataError: as in `load`.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive, path)
    about = {name: manifest.get(name) for name in ("format", "made with", "fitted on")}
    return about | {"model": manifest.get("repr")}


def holds_histories(model: Recommender) -> bool:
    """Whether what a fitted model saves is what each viewer watched: `UserKNN`, or a parent's."""
    parents = vars(model).get("parents_", {}).values()
    return "histories_" in vars(model) or any(map(holds_histories, parents))


def _versions() -> dict[str, str]:
    packages = {module.__name__: module.__version__ for module in (np, pd, scipy, sklearn)}
    own = {"python": platform.python_version(), "recsys_lib": metadata.version("recsys-lib")}
    return own | packages


def _described(model: Recommender, writer: Writer) -> dict:
    """The model for the manifest; its arrays go to `writer`."""
    check_is_fitted(model, "train_")
    name = type(model).__name__
    if type(model) is not getattr(models, name, None):
        what = f"{name} is not a model of this library, so `load` would not know it"
        raise UnsupportedError(what, fix="Pickle it, and load it only where you trust the file.")
    model._check_takes_histories()
    parents = model.__dict__.get("parents_", {})
    learned = {
        key: value
        for key, value in vars(model).items()
        if key[-1] == "_" and key not in model._of_viewers and key != "parents_"
    }
    return {
        "unfitted": writer.encode(model),
        "learned": {key: writer.encode(value) for key, value in learned.items()},
        "parents": {key: _described(parent, writer) for key, parent in parents.items()},
    }


def _make(name: str, settings: dict) -> Recommender:
    if name not in NAMES:
        raise DataError(f"there is no model {name!r}", fix="Was it saved by a newer version?")
    return getattr(models, name)(**settings)


def _rebuilt(described: dict, reader: Reader) -> Recommender:
    model = reader.decode(described["unfitted"])
    for name, value in described["learned"].items():
        if not (name.isidentifier() and name[0] != "_" and name[-1] == "_"):
            raise DataError(f"{name!r} is not the name of something learned")
        setattr(model, name, reader.decode(value))
    parents = {key: _rebuilt(parent, reader) for key, parent in described["parents"].items()}
    if parents:
        model.parents_ = parents
    model.train_ = None
    return model


def _opened(path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        what = error.strerror if isinstance(error, OSError) else "it is no zip file"
        raise DataError(f"the model could not be read: {what}", where=str(path)) from None


def _manifest(archive: zipfile.ZipFile, path) -> dict:
    try:
        manifest = json.loads(archive.read(MANIFEST))
        found = manifest["format"]
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile):
        raise DataError("this zip file is no saved model", where=str(path)) from None
    if found != FORMAT:
        versions = manifest.get("made with")
        raise DataError(f"the model has format {found!r}, and this version reads {FORMAT}",
                        where=f"{path}, made with {versions}",
                        fix="Fit and save it again, or install that version.")  # fmt: skip
    return manifest
