"""`model fetch`: download the embedding model, because a person requests it."""

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from session_buddy.bridge.door import hub_is_running
from session_buddy.embedding.models import adopt, fetched_folder, find
from session_buddy.errors import BuddyError, ModelMissingError
from session_buddy.settings import read

PATTERNS = ["*.json", "*.txt", "*.safetensors", "*.model"]


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    try:
        found = find(settings.model)
    except ModelMissingError:
        if os.path.isdir(os.path.expanduser(settings.model)) and os.path.isabs(os.path.expanduser(settings.model)):
            raise  # a folder of the user that was rejected: the reason helps, a download does not
        _download(settings.model)
        found = find(settings.model)
    print(f"{settings.model} is here: {found.folder} ({found.where}).")
    if hub_is_running(settings):
        print("A running hub looks for it when it starts the next time: `session-buddy hub stop` makes it do so now.")
    return 0


def _download(model: str) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    unknown = BuddyError(f"{model} is neither a folder on this machine nor a model's name (owner/name).")
    folder = fetched_folder(model)
    if folder is None:
        raise unknown
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    print(f"Downloading {model} from the model registry …", file=sys.stderr)
    draft = Path(tempfile.mkdtemp(prefix=".fetch-", dir=folder.parent))
    try:
        snapshot_download(model, allow_patterns=PATTERNS, local_dir=draft)
        shutil.rmtree(draft / ".cache", ignore_errors=True)  # notes of the library about the download
        adopt(model, draft)
    except HFValidationError:
        raise unknown from None
    except (HfHubHTTPError, OSError, RuntimeError) as error:
        raise BuddyError(
            f"{model} could not be downloaded ({type(error).__name__}). Check the name and the network, "
            "or set SESSION_BUDDY_MODEL to a folder that holds it."
        ) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)
