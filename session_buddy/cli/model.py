"""`model fetch`: download the embedding model, because a person asked for it."""

import argparse
import sys

from session_buddy.bridge.door import hub_is_running
from session_buddy.embedding.models import find
from session_buddy.errors import BuddyError, ModelMissingError
from session_buddy.settings import read


def run(options: argparse.Namespace) -> int:
    settings = read(store=options.store)
    try:
        found = find(settings.model)
    except ModelMissingError:
        _download(settings.model)
        found = find(settings.model)
    print(f"{settings.model} is here: {found.folder} ({found.where}).")
    if hub_is_running(settings):
        print("A running hub looks for it when it starts the next time: `session-buddy hub stop` makes it do so now.")
    return 0


def _download(model: str) -> None:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    print(f"Downloading {model} from the model registry …", file=sys.stderr)
    try:
        snapshot_download(model, allow_patterns=["*.json", "*.txt", "*.safetensors", "*.model"])
    except HFValidationError:
        raise BuddyError(f"{model} is neither a folder on this machine nor a model's name (owner/name).") from None
    except (HfHubHTTPError, OSError, RuntimeError) as error:
        raise BuddyError(
            f"{model} could not be downloaded ({type(error).__name__}). Check the name and the network, "
            "or set SESSION_BUDDY_MODEL to a folder that holds it."
        ) from None
