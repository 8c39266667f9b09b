"""The one final status of an execution."""
import threading

from ministack.core.responses import now_iso
from ministack.services import stepfunctions as sfn

from .scope import scopes

status_lock = threading.RLock()
write_event = sfn._add_event  # MiniStack's own, which asks no scope


def end_execution(execution, record):
    """Gives a RUNNING execution its one final status through `record`, then ends its scope."""
    with status_lock:
        running = execution["status"] == "RUNNING"
        if running:
            record()
    if running and (scope := scopes.get(execution["executionArn"])):
        scope.end()


def close_execution(execution, status, event, details=None, **fields):
    def record():
        execution.update(status=status, stopDate=now_iso(), **fields)
        write_event(execution, event, details)
        sfn._emit_execution_status_event(execution)
    end_execution(execution, record)
