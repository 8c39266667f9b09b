import queue
import time

from ministack.core import lambda_runtime

from ..registry import mend
from .worker_script import rewrite

MARK = "\x1e"
MARKED = r'''const _answerWrite = process.stdout.write.bind(process.stdout);
let _requestId = "";
const _realStdoutWrite = (answer) => {
  if (_requestId) _stderrWrite("\x1e" + _requestId + "\n");
  return _answerWrite(answer);
};'''
SECONDS_AT_MOST = 0.25  # MiniStack's own cap; reached only when the process died


@mend
def lambda_log_end():
    """Defect: a call's log is what arrives within 50 ms, a wait that every call without a log line pays; what comes
    later is lost or joins the next call's log.
    AWS: a call's answer waits for nothing, and its log has all of its lines.

    A Node worker now ends its log with the request's id before it answers, and the log is read up to that.
    """
    rewrite("const _realStdoutWrite = process.stdout.write.bind(process.stdout);", MARKED)
    rewrite("const ctx = msg.ctx || {};", "const ctx = msg.ctx || {}; _requestId = ctx.request_id;")
    invoke, drain = lambda_runtime.Worker.invoke, lambda_runtime.Worker._drain_stderr_bounded

    def invoke_worker(self, event, request_id, **kwargs):
        self.request_id = request_id
        return invoke(self, event, request_id, **kwargs)

    def drain_to_mark(self, *waits, **named_waits):
        if not str(self.config.get("Runtime", "")).startswith("nodejs"):
            return drain(self, *waits, **named_waits)
        lines, until = [], time.monotonic() + SECONDS_AT_MOST
        while (left := until - time.monotonic()) > 0:
            try:
                text, mark, request_id = self._stderr_queue.get(timeout=left).partition(MARK)
            except queue.Empty:
                break
            if text or not mark:
                lines.append(text)
            if mark and request_id == self.request_id:
                break
        return "\n".join(lines)

    lambda_runtime.Worker.invoke, lambda_runtime.Worker._drain_stderr_bounded = invoke_worker, drain_to_mark
