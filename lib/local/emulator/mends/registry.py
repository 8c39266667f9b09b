"""The mends in the order in which they are applied, and what applies them."""
import os
from importlib.metadata import version as installed_version

MADE_FOR = "1.5.33"
MENDS = []


def mend(function):
    """Marks a function as a mend. Its docstring names the defect and what AWS documents instead; it either replaces a
    module-level function of MiniStack (which looks such names up at each call, so assigning to the module is enough)
    or adds an entry to one of its tables."""
    MENDS.append(function)
    return function


def apply():
    """Applies every mend that MINISTACK_MENDS_OFF (names with commas between, or `all`) does not leave out."""
    installed = installed_version("ministack")
    if installed != MADE_FOR:
        raise SystemExit(f"Breakwater's mends are made for MiniStack {MADE_FOR}, but {installed} is installed. Install "
                         f"ministack=={MADE_FOR}.")
    off = set(filter(None, os.environ.get("MINISTACK_MENDS_OFF", "").split(",")))
    unknown = off - {function.__name__ for function in MENDS} - {"all"}
    if unknown:
        raise SystemExit(f"MINISTACK_MENDS_OFF names no mend: {', '.join(sorted(unknown))}. There are: "
                         f"{', '.join(function.__name__ for function in MENDS)}.")
    for function in MENDS:
        if not off & {function.__name__, "all"}:
            function()
