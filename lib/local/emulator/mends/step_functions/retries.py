import random

from ministack.core.responses import new_uuid
from ministack.services import stepfunctions as sfn

from ..registry import mend
from .task_at_work import task_at_work


@mend
def retries():
    """Defects: all attempts of a task share one token; MaxDelaySeconds and JitterStrategy are ignored; no delay
    exceeds 60 s. AWS: a new token per attempt, delay = min(Interval * Backoff^n, MaxDelaySeconds), and FULL jitter
    takes a random delay between 0 and that.

    Both retry loops of MiniStack ask _find_matching_retrier and then sleep IntervalSeconds: here is the one place
    that both pass through, so the delay is slept here and handed back as 0.
    """
    find = sfn._find_matching_retrier

    def find_matching_retrier(retriers, error, retry_counts):
        retrier, index = find(retriers, error, retry_counts)
        if retrier is None:
            return retrier, index
        delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retry_counts.get(index, 0)
        delay = min(delay, retrier.get("MaxDelaySeconds", 31_622_400))
        if retrier.get("JitterStrategy") == "FULL":
            delay = random.uniform(0, delay)
        sfn._scaled_sleep(delay)
        if (task := task_at_work.get()) and "Task" in task.ctx:
            task.ctx["Task"] = {"Token": new_uuid()}
        return {**retrier, "IntervalSeconds": 0}, index

    sfn._find_matching_retrier = find_matching_retrier
