"""What can go wrong and is nobody's bug. Each message says what was wrong and what to do next."""


class BuddyError(Exception):
    """A mistake or an obstacle that a person can act on; shown without a traceback."""


class SettingsError(BuddyError):
    """An environment variable holds a value that is not allowed."""


class UnsafePathError(BuddyError):
    """A file or folder of the store is a link, or belongs to another user."""


class UnregisteredStoreError(UnsafePathError):
    """A store that this user's program did not create; nothing in it was opened."""


class HubUnavailableError(BuddyError):
    """No hub could be reached or started."""


class NoHubError(HubUnavailableError):
    """There is no hub, and none was to be started."""


class HubRefusedError(HubUnavailableError):
    """A hub answered, and said why it cannot serve."""


class HubLostError(BuddyError):
    """The hub closed the connection before it answered."""


class StoreError(BuddyError):
    """The store cannot be opened or written."""


class StoreBusyError(StoreError):
    """Another program has the store open."""


class ForeignStoreError(StoreError):
    """The file in the store's place is not the file that this program wrote there."""


class InvalidRequestError(BuddyError):
    """What was asked for is not allowed; nothing was stored."""


class ModelMissingError(BuddyError):
    """The embedding model is not on this machine, or is not the one it should be."""


class UnknownNameError(BuddyError):
    """No skill or session of this name is known; the message names the nearest ones."""


class PatchError(BuddyError):
    """A JSON patch is not valid, or does not hold on what it was to be applied to."""


class PackError(BuddyError):
    """A correction pack cannot be imported; nothing of it was."""


class ConfigurationError(BuddyError):
    """A configuration file of an assistant cannot be read or changed; nothing was."""
