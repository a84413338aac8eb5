"""Draw with matplotlib, without a configuration of the project, and write the picture without following a link."""

import io
import os
from collections.abc import Callable
from contextlib import chdir
from typing import Any

from session_buddy.common.atomic_io import SHARED_MODE, write_file
from session_buddy.common.child_process import neutral_folder
from session_buddy.settings import ignore_drawing_configuration


def write_picture(path: str, make: Callable[[], Any]) -> None:
    """Write the figure that `make` returns to a PNG or SVG file, by the suffix of `path`.

    matplotlib reads `matplotlibrc` in the working directory when it is imported, and that file may name programs
    that it starts (LaTeX) and modules that it loads. So it is imported and used in a folder that holds none.

    Raises:
        UnsafePathError: `path` is a link, not a regular file, or another user's.
        OSError: the file cannot be written.
    """
    target, data = os.path.abspath(path), io.BytesIO()
    ignore_drawing_configuration()
    with chdir(neutral_folder()):
        import matplotlib

        with matplotlib.rc_context():
            matplotlib.rcdefaults()  # where another part of the process has imported and configured it before
            matplotlib.use("Agg")
            make().savefig(data, format=os.path.splitext(target)[1][1:].lower())
    write_file(target, data.getvalue(), SHARED_MODE)
