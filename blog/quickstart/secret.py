"""The secret of a blog that nobody configured: made once, kept in the data folder."""

import os
import secrets
import sys
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def keep_secret() -> None:
    """Make `secret_key` in the data folder unless SECRET_KEY or the file is there already.

    Runs before the settings are read. Ends the process with one sentence where the folder cannot
    be written.
    """
    if os.environ.get("SECRET_KEY", "").strip():
        return
    try:
        folder = Path(os.environ.get("DATA_DIR", "").strip() or BASE_DIR / "var").expanduser()
    except RuntimeError:
        return  # nobody of that name: the settings say so
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = os.open(folder / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        sys.exit(
            f"Cannot write to {folder}: {error.strerror}. Set DATA_DIR to a folder you may write to."
        )
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48))
