"""What ends an execution or a branch ends everything that waits inside it."""
import contextvars
import threading


class Ended(BaseException):
    """Unwinds a thread whose execution or branch is over. Not an Exception: no Catch, Retry or handler sees it."""


class Scope:
    """One execution, or one run of a Parallel or Map state. Ending it wakes all that waits inside, to unwind with
    Ended."""
    fails_fast = False  # whether the first failed sub-machine ends it

    def __init__(self, parent=None):
        self.lock, self.over, self.wakers = threading.Lock(), False, set()
        self.leave = parent.on_end(self.end) if parent else lambda: None

    def on_end(self, waker):
        """Calls `waker` when the scope ends (at once if it has). Returns the function that takes it back."""
        with self.lock:
            self.wakers.add(waker)
        if self.over:
            waker()
        return lambda: self.wakers.discard(waker)

    def end(self):
        with self.lock:
            self.over, wakers = True, list(self.wakers)
        for waker in wakers:
            waker()

    def check(self):
        if self.over:
            raise Ended

    def wait(self, event, seconds):
        """event.wait(seconds), cut short by the scope's end."""
        leave = self.on_end(event.set)
        try:
            happened = event.wait(seconds)
        finally:
            leave()
        self.check()
        return happened


OUTSIDE = Scope()  # for TestState and other code that runs no execution; never ends
current_scope = contextvars.ContextVar("scope", default=OUTSIDE)  # MiniStack copies the context into its threads
scopes = {}  # execution ARN -> Scope, while it runs
