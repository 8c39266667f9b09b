import json

from ministack.core.responses import json_response
from ministack.services import stepfunctions as sfn

from ..registry import mend


@mend
def failed_executions():
    """Defects: a failed child that its parent waits for (.sync) passes its own error name on; DescribeExecution gives
    a failed execution an output.
    AWS: the parent's task fails with States.TaskFailed, whose Cause is JSON that describes the child, with its Error
    and Cause; only a succeeded execution has an output.
    """
    describe = sfn._describe_execution

    def nested_execution_failure(child):
        told = {
            "ExecutionArn": child["executionArn"], "StateMachineArn": child["stateMachineArn"], "Name": child["name"],
            "Status": child["status"], "Input": child["input"], "InputDetails": {"Included": True},
            "StartDate": sfn._iso_to_epoch_ms(child["startDate"]), "StopDate": sfn._iso_to_epoch_ms(child["stopDate"]),
            "Error": child.get("error"), "Cause": child.get("cause"),
        }
        return "States.TaskFailed", json.dumps({name: value for name, value in told.items() if value is not None})

    def describe_execution(data):
        response = describe(data)
        described = json.loads(response[2])
        if response[0] != 200 or described["status"] == "SUCCEEDED":
            return response
        return json_response({name: value for name, value in described.items() if not name.startswith("output")})

    sfn._nested_execution_failure, sfn._describe_execution = nested_execution_failure, describe_execution
