"""Programs for the development of session_buddy; not part of the package."""
