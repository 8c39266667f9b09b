"""How an execution runs."""
import contextvars
import copy
import json
import os
import threading
import time

from ministack.core.responses import now_iso
from ministack.services import stepfunctions as sfn

from ..registry import mend
from .scope import Ended, Scope, current_scope, scopes
from .status import close_execution, end_execution, status_lock, write_event

launch_choice = contextvars.ContextVar("launch")  # what StartExecution chose: definition, role, version, alias


def walk(states, name, data, execution, ctx):
    """The states from `name` on. Used for the machine itself, Parallel branches and Map items alike."""
    while name:
        current_scope.get().check()
        state = states.get(name)
        if not state:
            raise sfn._ExecutionError("States.Runtime", f"State '{name}' not found in definition")
        kind = state.get("Type")
        ctx["State"] = {"Name": name, "EnteredTime": now_iso(), "RetryCount": 0}
        sfn._add_event(execution, f"{kind}StateEntered", {
            "stateEnteredEventDetails": {"name": name, "input": json.dumps(data)}})
        if kind == "Fail":
            raise sfn._ExecutionError(*sfn._fail_state_error(state, data, ctx))
        if kind in ("Task", "Parallel", "Map"):
            data, after = getattr(sfn, f"_execute_{kind.lower()}")(state, data, execution, ctx)
        elif kind in ("Pass", "Choice", "Wait", "Succeed"):
            data, after = getattr(sfn, f"_execute_{kind.lower()}")(state, data, ctx)
        else:
            raise sfn._ExecutionError("States.Runtime", f"Unknown state type: {kind}")
        sfn._add_event(execution, f"{kind}StateExited", {
            "stateExitedEventDetails": {"name": name, "output": json.dumps(data)}})
        name = after
    return data


@mend
def engine():
    """One walk for machine, branches and items, in a scope that can be ended.

    Defects: nothing ends a waiting thread; machine-level TimeoutSeconds is ignored, TIMED_OUT never occurs; an ended
    execution can still change status; Parallel and Map leave no StateEntered/StateExited events for inner states;
    every start sleeps 150 ms.
    AWS: an execution that outlives TimeoutSeconds becomes TIMED_OUT (no Retry or Catch sees it); a closed execution
    keeps its status; stopping a parent stops a child it waits for (.sync).
    SFN_START_DELAY_SECONDS replaces the 150 ms. Needs start_execution, which says what to run.
    """
    delay = float(os.environ.get("SFN_START_DELAY_SECONDS", "0.15"))
    fail, stop, clear = sfn._fail_execution, sfn._stop_execution, sfn.reset

    def run_execution(exec_arn):
        execution = sfn._executions[exec_arn]
        inside = contextvars.copy_context()  # a .sync child runs in its parent's thread: keep the parent's scope
        scope = scopes[exec_arn] = Scope(current_scope.get() if execution.get("sync") else None)
        inside.run(current_scope.set, scope)
        time.sleep(delay)
        timer = None
        try:
            definition = json.loads(launch_choice.get().definition)
            if limit := definition.get("TimeoutSeconds"):
                timer = threading.Timer(limit, contextvars.copy_context().run,
                                        (close_execution, execution, "TIMED_OUT", "ExecutionTimedOut"))
                timer.daemon = True
                timer.start()
            data = json.loads(execution["input"])
            output = inside.run(walk, definition.get("States", {}), definition.get("StartAt"), data, execution, {
                "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
                "Execution": {"Id": exec_arn, "Input": data, "Name": execution["name"],
                              "RoleArn": launch_choice.get().role, "StartTime": execution["startDate"]},
                "StateMachine": {"Id": execution["stateMachineArn"],
                                 "Name": execution["stateMachineArn"].split(":")[6]},
                "variables": {},
            })
            output = json.dumps(output)
            close_execution(execution, "SUCCEEDED", "ExecutionSucceeded",
                            {"executionSucceededEventDetails": {"output": output}}, output=output)
        except Ended:  # by its own stop or timeout, which has set the status, or by its parent's end
            close_execution(execution, "ABORTED", "ExecutionAborted")
            current_scope.get().check()
        except sfn._ExecutionError as error:
            sfn._fail_execution(execution, error.error, error.cause)
        except Exception as error:
            sfn.logger.exception("Unexpected error in execution %s", exec_arn)
            sfn._fail_execution(execution, "States.Runtime", str(error))
        finally:
            if timer:
                timer.cancel()
            scope.leave()
            scopes.pop(exec_arn, None)

    def run_sub_machine(states, start_at, data, execution, ctx):
        try:
            return walk(states, start_at, copy.deepcopy(data), execution, ctx)
        except sfn._ExecutionError:
            if current_scope.get().fails_fast:
                current_scope.get().end()
            raise

    def end_all():
        for scope in list(scopes.values()):
            scope.end()

    def reset():
        end_all()
        clear()

    def add_event(execution, event_type, details=None):
        current_scope.get().check()  # a late result of an ended branch or execution leaves no trace
        with status_lock:  # ids are len(events) + 1: two branches at once got the same one
            return write_event(execution, event_type, details)

    def fail_execution(execution, error, cause):
        end_execution(execution, lambda: fail(execution, error, cause))

    def stop_execution(data):
        with status_lock:
            response = stop(data)
        if response[0] == 200 and (scope := scopes.get(data.get("executionArn"))):
            scope.end()
        return response

    def scaled_sleep(seconds):
        current_scope.get().wait(threading.Event(), max(0, seconds * sfn._SFN_WAIT_SCALE))

    sfn._run_execution, sfn._run_sub_machine, sfn._add_event = run_execution, run_sub_machine, add_event
    sfn._fail_execution, sfn._stop_execution, sfn._scaled_sleep = fail_execution, stop_execution, scaled_sleep
    sfn.reset = reset
    threading._register_atexit(end_all)  # before the pools of Map wait for their threads
