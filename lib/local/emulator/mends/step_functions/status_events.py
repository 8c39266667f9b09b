import json

from ministack.services import eventbridge
from ministack.services import stepfunctions as sfn

from ..registry import mend
from .engine import launch_choice

REDRIVABLE = ("FAILED", "TIMED_OUT", "ABORTED")


def payload(text):
    """An input or output and its details, left out when it is longer than an event may carry."""
    fits = text is None or len(text) <= sfn._STATUS_EVENT_PAYLOAD_CAP
    return (text, text and {"included": True}) if fits else (None, {"included": False})


def detail_of(execution):
    status = execution["status"]
    redrivable = status in REDRIVABLE
    given, given_details = payload(execution["input"])
    output, output_details = payload(execution["output"] if status == "SUCCEEDED" else None)
    return {
        "executionArn": execution["executionArn"], "stateMachineArn": execution["stateMachineArn"],
        "name": execution["name"], "status": status,
        "startDate": sfn._iso_to_epoch_ms(execution["startDate"]),
        "stopDate": sfn._iso_to_epoch_ms(execution["stopDate"]),
        "input": given, "inputDetails": given_details, "output": output, "outputDetails": output_details,
        "stateMachineVersionArn": execution.get("stateMachineVersionArn"),
        "stateMachineAliasArn": execution.get("stateMachineAliasArn"),
        "redriveCount": 0, "redriveDate": None,
        "redriveStatus": "REDRIVABLE" if redrivable else "NOT_REDRIVABLE",
        "redriveStatusReason": None if redrivable else f"Execution is {status} and cannot be redriven",
        "error": execution.get("error"), "cause": execution.get("cause"),
    }


@mend
def status_events():
    """Defects: "Step Functions Execution Status Change" never names version and alias, drops the error and cause that
    StopExecution gave, and does not come at all for a child that its parent waits for (.sync).
    AWS: an event for every status of every Standard execution, with what DescribeExecution says of it.
    """
    run = sfn._run_execution

    def emit(execution):
        machine = sfn._state_machines.get(execution["stateMachineArn"]) or {}
        if machine.get("type") == "EXPRESS":
            return
        if execution["status"] == "RUNNING" and (chosen := launch_choice.get(None)):
            execution.update(stateMachineVersionArn=chosen.version, stateMachineAliasArn=chosen.alias)
        eventbridge._put_events({"Entries": [{
            "Source": "aws.states", "DetailType": "Step Functions Execution Status Change",
            "Detail": json.dumps(detail_of(execution)), "Resources": [execution["executionArn"]],
        }]}, allow_aws_source=True)

    def run_execution(exec_arn):
        execution = sfn._executions[exec_arn]
        if execution.get("sync"):  # MiniStack announces only what StartExecution starts
            emit(execution)
        run(exec_arn)

    sfn._emit_execution_status_event, sfn._run_execution = emit, run_execution
