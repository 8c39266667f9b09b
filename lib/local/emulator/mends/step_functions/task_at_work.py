"""The Task state that this thread runs, and the limits that it sets."""
import contextvars
import json

from ministack.services import stepfunctions as sfn

task_at_work = contextvars.ContextVar("task", default=None)  # state, input, ctx


def task_seconds(field):
    """TimeoutSeconds or HeartbeatSeconds of the Task at work: a number, a JSONata expression, or `…Path`."""
    task = task_at_work.get()
    if path := task.state.get(field + "Path"):
        value, error = sfn._resolve_path_or_ctx(path, task.input, task.ctx), "States.Runtime"
    else:
        value = sfn._apply_jsonata_template(task.state.get(field), task.input, task.ctx)
        error = "States.QueryEvaluationError"
        if value is None and field not in task.state:
            return None
    if not sfn._is_num(value) or value <= 0 or value != int(value):
        raise sfn._ExecutionError(error, f"{field} must be a positive integer, but was: {json.dumps(value)}")
    return value
