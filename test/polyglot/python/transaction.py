"""The step protocol (docs/protocol.md) for atoms whose effect is DynamoDB writes. To be copied beside an atom."""
import json
import math
import os
import time

from botocore.exceptions import ClientError
from botocore.session import get_session
from dynamodb_json import fields, item

RECORDS = os.environ["RECORDS_TABLE"]
dynamodb, steps = (get_session().create_client(name) for name in ("dynamodb", "stepfunctions"))


class Contract(Exception):
    """A value breaks the contract: the same value will break it again."""


class Fenced(Exception):
    """The step was settled as not happened, or has been undone."""


class OutcomeUnknown(Exception):
    """Nobody can tell whether the effect happened."""


def serve(own, act, undoes=False):
    """A Lambda handler. `act(input)` gives the output, the writes (TransactItems), and the declared failure that it
    means, (name, payload), if the condition of one does not hold. A compensation's input is {input, output}."""

    def handler(event, _context):
        if "Records" not in event:
            return settle(meant(event, own, "settle"))
        again = [each["messageId"] for each in event["Records"] if not done(each)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in again]}

    def done(record):
        """Whether a message is done with. If not, its queue delivers it again, and takes it away after five times."""
        try:
            return delivered(json.loads(record["body"]))
        except Exception as error:  # its neighbours must not suffer
            print(json.dumps({"error": repr(error), "body": record["body"]}))
            return False

    def delivered(message):
        try:
            verb, perform = ("undo", undo) if undoes else ("do", do)
            if now() > meant(message, own, verb)["notAfter"]:
                return True
            answer = perform(message, act)
        except Exception as error:
            known = isinstance(error, (Contract, Fenced, OutcomeUnknown))
            answer = failure(type(error).__name__ if known else "Transient", {"message": str(error)[:4000]})
        return answer is None or told(message.get("token"), answer)

    return handler


def do(message, act):
    """The answer for the token; None for a message that has waited too long to begin."""
    record = read(message)
    if record is None:
        if is_stale(message):
            return None
        output, writes, otherwise = act(message.get("input"))
        record = commit(message, {"value": output}, writes, otherwise)
    if "undoneAt" in record:
        raise Fenced("The step has been undone.")
    return answer_of(record["outcome"])


def undo(message, act):
    """The same for a compensation. Its record, the mark on the step's own and its writes are one transaction."""
    done = read(message)
    if done is None or {"declined", "fenced"} & done.get("outcome", {}).keys():
        return answer_of({"value": {"undone": False, "reason": "the step did not happen"}})
    if "outcome" not in done:
        raise OutcomeUnknown(f"Whether {message['step']} happened is not known, so it cannot be undone.")
    given = {"input": done["input"], "output": done["outcome"]["value"]}
    own = {**message, "step": f"{message['step']}~undo", "input": given}
    if read(own) is None:
        if is_stale(message):
            return None
        output, writes, otherwise = act(given)
        mark = {"TableName": RECORDS, "Key": key(message), "UpdateExpression": "SET undoneAt = :now",
                "ExpressionAttributeValues": item({":now": now()})}
        commit(own, {"value": output}, [{"Update": mark}, *writes], otherwise)
    return answer_of({"value": {"undone": True, "reason": "the step had happened"}})


def settle(message):
    """Whether the step happened. If it did not, the record that is written here sees to it that it never will."""
    outcome = commit(message, {"fenced": "settled before any attempt"})["outcome"]
    return {"happened": "value" in outcome, "reason": f"the record says {json.dumps(outcome)[:1000]}"}


def commit(message, outcome, writes=(), otherwise=None):
    """Writes the step's record with the atom's own writes. Gives the record that stands: this one, or an earlier."""
    taken_over = ("execution", "step", "contract", "correlationId", "input")
    origin = {name: message[name] for name in taken_over if name in message}
    record = {**origin, "status": "COMPLETED", "outcome": outcome, "attempts": 0 if "fenced" in outcome else 1,
              "expiry": math.ceil(message["notAfter"] / 1000) + 86_400}
    put = {"TableName": RECORDS, "Item": item(record), "ConditionExpression": "attribute_not_exists(execution)",
           "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    try:
        dynamodb.transact_write_items(TransactItems=[{"Put": put}, *writes])
        return record
    except dynamodb.exceptions.TransactionCanceledException as error:
        own, *others = error.response["CancellationReasons"]
    if own["Code"] == "ConditionalCheckFailed":
        return fields(own["Item"])
    if otherwise is None or all(each["Code"] != "ConditionalCheckFailed" for each in others):
        raise RuntimeError(f"The transaction was cancelled: {own['Code']}, {others}.")
    return commit(message, {"declined": dict(zip(("name", "payload"), otherwise))})


def read(message):
    found = dynamodb.get_item(TableName=RECORDS, Key=key(message), ConsistentRead=True)
    return fields(found["Item"]) if "Item" in found else None


def answer_of(outcome):
    if "declined" in outcome:
        return failure(f"Declared.{outcome['declined']['name']}", outcome["declined"]["payload"])
    if "fenced" in outcome:
        return failure("Fenced", {"message": outcome["fenced"]})
    return {"output": json.dumps(outcome["value"])}


def failure(error, cause):
    return {"error": error, "cause": json.dumps(cause)}


def told(token, answer):
    """Answers a token. One that nobody waits with any more is no error; without one, the queue is what tries again."""
    if token is None:
        return "output" in answer or answer["error"] == "Fenced"
    try:
        (steps.send_task_success if "output" in answer else steps.send_task_failure)(taskToken=token, **answer)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken"):
            raise
    return True


TEXT, NUMBER = (str,), (int, float)
NEEDED = {"execution": TEXT, "step": TEXT, "contract": TEXT, "correlationId": TEXT,
          "attempt": NUMBER, "notAfter": NUMBER}
POSSIBLE = {"token": TEXT, "notStartedAfter": NUMBER}


def meant(message, own, verb):
    """An envelope for this atom and this way of reaching it."""
    shape = {**NEEDED, **{name: POSSIBLE[name] for name in POSSIBLE if name in message}}
    wrong = [name for name, types in shape.items() if type(message.get(name)) not in types]
    if message.get("breakwater") != 1 or wrong or not message["execution"] or not message["step"]:
        reason = ", ".join(wrong) or "breakwater, execution or step"
        raise Contract(f"The message is no envelope of the protocol's version 1: {reason} is wrong.")
    if message["contract"].split(".")[0] != own.split(".")[0]:
        raise Contract(f"The message is for {message['contract']}, and this is {own}.")
    if message["verb"] != verb:
        raise Contract(f"A message with the verb {message['verb']} came to {own} by a way that is for {verb}.")
    return message


def key(message):
    return item({"execution": message["execution"], "step": message["step"]})


def is_stale(message):
    return now() > message.get("notStartedAfter", math.inf)


def now():
    return int(time.time() * 1000)
