"""Fetch once, verify, keep: nothing unverified ever stands under its final name.

pooch is imported where it is used: in a notebook without widgets its import prints a warning,
and most readers never fetch anything.
"""

from __future__ import annotations

import os
import tempfile
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from recsys_lib.errors import FetchError

LOCAL_COPY = (
    "A copy that you have works too: give its folder or zip as path=..., or set the environment"
    " variable RECSYS_DATA to the folder that holds it."
)


def cache_folder() -> Path:
    """Where fetched files are kept: the operating system's folder for caches."""
    import pooch

    return Path(pooch.os_cache("recsys_lib"))


def fetch(
    url: str, *, md5: str | None = None, folder: str | Path | None = None, progress: bool = True
) -> Path:
    """The verified local copy of `url`, fetched if it is not in `folder` yet.

    A kept file that fails its check is removed and fetched anew. A new file is written under a
    temporary name, verified, and renamed in one step, so an interrupted or altered download leaves
    nothing behind.

    Args:
        url: where the file is; its last part is the file's name.
        md5: the file's published checksum; None: it must at least be a whole zip.
        folder: where to keep it; None is `cache_folder()`.
        progress: show a bar.

    Raises:
        FetchError: no connection, an error of the server, a file that fails its check, or a folder
            that cannot be written to.
    """
    folder = cache_folder() if folder is None else Path(folder)
    path = folder / url.rsplit("/", 1)[-1]
    try:
        if path.exists() and _is_sound(path, md5):
            return path
        path.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=path.name, suffix=".part", dir=folder)
    except OSError as error:
        raise _failure(f"the folder for fetched files cannot be used: {error}", url) from None
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _download(url, file, progress)
        if not _is_sound(part, md5):
            raise _failure("the fetched file is truncated or altered, so it was not kept", url)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path


def _download(url: str, file: BinaryIO, progress: bool) -> None:
    import pooch
    from requests import exceptions

    with ExitStack() as answers:  # pooch leaves a broken answer open
        closing = {"response": lambda answer, **_: answers.enter_context(answer)}
        try:
            pooch.HTTPDownloader(progressbar=progress, hooks=closing)(url, file, None)
        except exceptions.HTTPError as error:
            problem = f"the server answered {error.response.status_code}"
        except exceptions.SSLError:
            problem = "the server's certificate was not accepted"
        except exceptions.Timeout:
            problem = "the server did not answer in time"
        except exceptions.ConnectionError:
            problem = "there is no connection to the server"
        except (exceptions.RequestException, OSError) as error:
            problem = f"the download broke off ({type(error).__name__})"
        else:
            return
    raise _failure(problem, url)


def _is_sound(path: Path, md5: str | None) -> bool:
    if md5 is None:
        return zipfile.is_zipfile(path)
    import pooch

    return pooch.file_hash(str(path), alg="md5") == md5


def _failure(what: str, url: str) -> FetchError:
    return FetchError(what, where=url, fix=LOCAL_COPY)
