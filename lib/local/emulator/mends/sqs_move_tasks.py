import json
import time

from ministack.core.responses import get_account_id, new_uuid
from ministack.services import sqs

from .registry import mend


@mend
def sqs_move_tasks():
    """Defect: StartMessageMoveTask and ListMessageMoveTasks are unknown. AWS: moves a dead-letter queue's messages
    to DestinationArn, or to the queues they came from (here: the one queue that names it as its DLQ). Done at once,
    so the task is COMPLETED in the first answer; CancelMessageMoveTask has nothing to cancel."""
    tasks = {}  # (account, source ARN) -> newest first

    def queues():
        return {q["attributes"]["QueueArn"]: q for q in sqs._queues.values()}

    def start(data, _url):
        source_arn, target_arn = data.get("SourceArn"), data.get("DestinationArn")
        known = queues()
        if source_arn not in known or (target_arn and target_arn not in known):
            raise sqs._Err("ResourceNotFoundException", "The resource that you specified for the SourceArn parameter "
                           "doesn't exist.", 404)
        origins = [arn for arn, q in known.items() if json.loads(q["attributes"].get("RedrivePolicy") or "{}")
                   .get("deadLetterTargetArn") == source_arn]
        if not origins:
            raise sqs._Err("InvalidParameterValue", "Source queue must be configured as a Dead Letter Queue.")
        target_url = sqs._queue_url((target_arn or origins[0]).rpartition(":")[2])
        source_url, moved = sqs._queue_url(source_arn.rpartition(":")[2]), 0
        for message in list(known[source_arn]["messages"]):
            sqs._act_send_message({
                "QueueUrl": target_url, "MessageBody": message["body"],
                "MessageAttributes": message.get("message_attributes") or {},
                **({"MessageGroupId": message["group_id"], "MessageDeduplicationId": new_uuid()}
                   if message.get("group_id") else {})}, target_url)
            known[source_arn]["messages"].remove(message)
            moved += 1
        sqs.logger.info("Moved %d messages from %s to %s", moved, source_url, target_url)
        handle = new_uuid()
        tasks.setdefault((get_account_id(), source_arn), []).insert(0, {
            "Status": "COMPLETED", "SourceArn": source_arn, "StartedTimestamp": int(time.time() * 1000),
            "ApproximateNumberOfMessagesMoved": moved, "ApproximateNumberOfMessagesToMove": moved,
            **({"DestinationArn": target_arn} if target_arn else {})})
        return {"TaskHandle": handle}

    def listed(data, _url):
        return {"Results": tasks.get((get_account_id(), data.get("SourceArn")), [])[:data.get("MaxResults", 1)]}

    sqs._HANDLERS.update(StartMessageMoveTask=start, ListMessageMoveTasks=listed)
