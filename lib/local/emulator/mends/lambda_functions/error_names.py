import contextvars

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from ..registry import mend
from .worker_script import PYTHON, rewrite

# As in the runtime interface client of Lambda for Node: what is no Error has its JavaScript type as errorType.
FAILURE = r'''
function _failure(thrown) {
  if (!(thrown instanceof Error) && !require("util").types.isNativeError(thrown)) {
    return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  }
  return {
    errorType: String(thrown.name), errorMessage: String(thrown.message), trace: String(thrown.stack || "").split("\n"),
  };
}
let handlerFn = null;'''
REJECTED = '''status: "error", error: String(err.message || err), trace: err.stack || ""'''
THROWN = '''status: "error", error: e.message, trace: e.stack'''
# As in the runtime interface client of Lambda for Python.
RAISED = '''"status": "error", "error": str(e), "trace": traceback.format_exc()'''
RAISED_FAILURE = r'''"status": "ok", "failure": {
                "errorType": type(e).__name__, "errorMessage": str(e),
                "stackTrace": traceback.format_tb(e.__traceback__.tb_next)}'''


@mend
def lambda_error_names():
    """Defects: whatever a Node or Python handler throws becomes errorType Runtime.HandlerError, without a trace, so
    that no Retry or Catch can name it; a process that ended has the same type; each error ends the worker, so that the
    next call starts cold and the module's state is lost.
    AWS: errorType is the error's name, beside errorMessage and trace (stackTrace in Python), and so is the Error of a
    lambda:invoke task, with that object as its Cause; Runtime.ExitError when the process ended, Sandbox.Timedout on
    time-out; only these two end the execution environment.

    The worker answers a thrown error as a success that carries a failure, because MiniStack ends it at an error.
    """
    rewrite("\nlet handlerFn = null;", FAILURE)
    rewrite(REJECTED, 'status: "ok", failure: _failure(err)')
    rewrite(THROWN, 'status: "ok", failure: _failure(e)')
    rewrite(RAISED, RAISED_FAILURE, PYTHON)
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm
    thrown = contextvars.ContextVar("thrown")

    def invoke_worker(self, *args, **kwargs):
        response = invoke(self, *args, **kwargs)
        if failure := response.pop("failure", None):
            trace = failure.get("trace") or failure.get("stackTrace") or []
            response.update(status="error", error=failure["errorMessage"], trace="\n".join(trace))
            thrown.set(failure)
        elif response.get("error") == "Worker process died":
            thrown.set({"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited without providing a reason"})
        return response

    def execute_function_warm(func, event, request_id):
        thrown.set(None)
        result = execute(func, event, request_id)
        if result.get("error") and thrown.get():
            result["body"] = thrown.get()
        return result

    lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm = invoke_worker, execute_function_warm
