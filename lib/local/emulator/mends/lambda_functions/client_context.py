import base64
import contextvars
import json

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from ..registry import mend
from .worker_script import PYTHON, rewrite


@mend
def lambda_client_context():
    """Defect: what a caller sends as ClientContext does not reach the function.
    AWS: base64 of JSON in the header X-Amz-Client-Context; a handler sees it as context.clientContext (Node) or
    context.client_context (Python, whose custom part is a dictionary).
    """
    rewrite("clientContext: null", "clientContext: (ctx.durable || {}).client_context || null")
    rewrite(
        '"client_context": None',
        '"client_context": _ms_durable.get("client_context") and '
        'type("ClientContext", (), _ms_durable["client_context"])()',
        PYTHON,
    )
    sent = contextvars.ContextVar("client_context", default=None)
    invoke, run = lambda_svc._invoke, lambda_runtime.Worker.invoke

    async def invoke_with_context(name, event, headers, *args, **kwargs):
        header = headers.get("x-amz-client-context") or headers.get("X-Amz-Client-Context")
        token = sent.set(json.loads(base64.b64decode(header)) if header else None)
        try:
            return await invoke(name, event, headers, *args, **kwargs)
        finally:
            sent.reset(token)

    def run_with_context(self, event, request_id, *, durable=None, **kwargs):
        if sent.get():
            durable = {**(durable or {}), "client_context": sent.get()}
        return run(self, event, request_id, durable=durable, **kwargs)

    lambda_svc._invoke, lambda_runtime.Worker.invoke = invoke_with_context, run_with_context
