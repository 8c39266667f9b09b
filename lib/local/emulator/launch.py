"""Starts MiniStack with Breakwater's mends. Takes MiniStack's own environment variables, and
BREAKWATER_WATCH_PARENT=1: ends with whoever holds the other end of its standard input, unless told to be kept."""
import atexit
import os
import shutil
import signal
import sys
import tempfile
import threading
import time

sys.dont_write_bytecode = True  # the mends lie among the sources: leave no __pycache__ there
SECONDS_TO_END = 3
OWN_FOLDER = "breakwater-emulator-"  # as emulator.ts names the temporary folder that it makes for this process


def end_with_parent():
    """A parent that was killed can't end its emulator, but its end of the pipe closes. Ends as on SIGTERM; whatever
    runs on after that (a function at work, a custom resource that waits up to an hour) is killed."""
    while said := os.read(sys.stdin.fileno(), 4096):
        if b"keep" in said:
            return
    atexit.register(leave_nothing)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(SECONDS_TO_END)
    leave_nothing()


def leave_nothing():
    folder = tempfile.gettempdir()
    if os.path.basename(folder).startswith(OWN_FOLDER):
        shutil.rmtree(folder, ignore_errors=True)
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGKILL)  # functions are in the group that this process leads
    os._exit(1)


def main():
    if os.environ.pop("BREAKWATER_WATCH_PARENT", "") == "1":
        threading.Thread(target=end_with_parent, daemon=True, name="parent-watch").start()
    import mends
    from ministack import app
    mends.apply()
    app.main()


if __name__ == "__main__":
    main()
