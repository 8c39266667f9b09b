import json
import threading
import time
from types import SimpleNamespace

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions as sfn

from ..registry import mend
from .payload import json_problem
from .scope import current_scope
from .status import status_lock
from .task_at_work import task_at_work, task_seconds

closed_tokens = set()


@mend
def task_limits():
    """Defects: HeartbeatSeconds is ignored; TimeoutSeconds as expression fails the execution, as path is ignored;
    answers to a closed token are accepted or get TaskDoesNotExist; output that is no JSON or too long is accepted.
    AWS: without SendTaskHeartbeat for HeartbeatSeconds a task fails with States.HeartbeatTimeout (which
    States.Timeout in a Retry or Catch matches as well); a token that has been answered, timed out or whose execution
    is closed answers TaskTimedOut; bad output answers InvalidOutput.
    Beside the mend: a failed Lambda call in lambda:invoke.waitForTaskToken now fails the task at once.
    """
    execute_task, with_timeout, matches = sfn._execute_task, sfn._invoke_resource_with_timeout, sfn._error_matches

    def execute_task_noted(state, raw_input, execution, ctx):
        mark = task_at_work.set(SimpleNamespace(state=state, input=raw_input, ctx=ctx))
        if "TimeoutSecondsPath" in state:
            state = {**state, "TimeoutSeconds": None}  # else a plain task takes the way without a limit
        try:
            return execute_task(state, raw_input, execution, ctx)
        finally:
            task_at_work.reset(mark)

    def invoke_resource_with_timeout(resource, input_data, _timeout):
        return with_timeout(resource, input_data, task_seconds("TimeoutSeconds"))

    def invoke_with_callback(resource, input_data, token, _state):
        timeout, heartbeat = task_seconds("TimeoutSeconds"), task_seconds("HeartbeatSeconds")
        start = time.monotonic()
        call = sfn._task_tokens[token] = {"event": threading.Event(), "result": None, "error": None, "beat": start}
        try:
            sfn._invoke_resource(resource.replace(".waitForTaskToken", ""), input_data)
            while True:
                limits = [(start + timeout, "States.Timeout")] if timeout else []
                limits += [(call["beat"] + heartbeat, "States.HeartbeatTimeout")] if heartbeat else []
                limit, error = min(limits, default=(None, None))
                left = None if limit is None else limit - time.monotonic()
                if current_scope.get().wait(call["event"], left):
                    break
                if time.monotonic() >= limit and (error == "States.Timeout" or call["beat"] + heartbeat == limit):
                    with status_lock:  # an answer that comes between is either in time or refused
                        if not call["event"].is_set():
                            call["event"].set()
                            raise sfn._ExecutionError(error, "Task timed out waiting for callback")
        finally:
            closed_tokens.add(token)
            sfn._task_tokens.pop(token, None)
        if call["error"]:
            raise sfn._ExecutionError(call["error"]["Error"], call["error"]["Cause"])
        return json.loads(call["result"])

    def on_open_token(data, act):
        token = data.get("taskToken")
        with status_lock:
            call = sfn._task_tokens.get(token)
            if call is None and token not in closed_tokens:
                return error_response_json("TaskDoesNotExist", "Task does not exist", 400)
            if call is None or call["event"].is_set():
                return error_response_json(
                    "TaskTimedOut", "Task Timed Out: 'Provided task does not exist anymore'", 400)
            act(call)
        return json_response({})

    def send_task_success(data):
        output = data.get("output", "")
        if problem := json_problem(output):
            return error_response_json("InvalidOutput", f"Invalid Output: '{problem}'", 400)
        return on_open_token(data, lambda call: (call.update(result=output), call["event"].set()))

    def send_task_failure(data):
        error = {"Error": data.get("error", "TaskFailed"), "Cause": data.get("cause", "")}
        return on_open_token(data, lambda call: (call.update(error=error), call["event"].set()))

    def send_task_heartbeat(data):
        return on_open_token(data, lambda call: call.update(beat=time.monotonic()))

    def error_matches(error_equals, error):
        return matches(error_equals, error) or (
            error == "States.HeartbeatTimeout" and "States.Timeout" in error_equals)

    sfn._execute_task, sfn._invoke_resource_with_timeout = execute_task_noted, invoke_resource_with_timeout
    sfn._invoke_with_callback, sfn._error_matches = invoke_with_callback, error_matches
    sfn._send_task_success, sfn._send_task_failure = send_task_success, send_task_failure
    sfn._send_task_heartbeat = send_task_heartbeat
