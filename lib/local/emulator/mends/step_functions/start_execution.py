import contextvars
import json
import random
import re
from types import SimpleNamespace

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions as sfn

from ..registry import mend
from .engine import launch_choice
from .payload import json_problem
from .scope import OUTSIDE, current_scope

# White space, brackets, wildcards, special and control characters: as StartExecution documents for `name`.
BAD_NAME = re.compile(r'[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]')


@mend
def start_execution():
    """Defects: a version or alias ARN runs the machine's current definition, alias weights are ignored; the same
    name is always refused; names and input are not checked; a .sync start with a used name overwrites the old run.
    AWS: a version runs its stored definition, an alias picks a version by weight, DescribeExecution names both;
    DescribeStateMachineForExecution gives the definition that the execution runs; same name and input as a RUNNING
    execution gives the first response again, else ExecutionAlreadyExists; the name
    has 1 to 80 allowed characters (InvalidName), the input is JSON (InvalidExecutionInput) of at most 256 KiB.
    """
    start, start_sync = sfn._start_execution, sfn._start_sync_execution
    describe, listing = sfn._describe_execution, sfn._list_executions
    describe_machine = sfn._describe_state_machine_for_execution

    def refusal(data, base):
        name, payload = data.get("name"), data.get("input", "{}")
        if name is not None and not 1 <= len(name) <= 80:
            return error_response_json("ValidationException", "1 validation error detected: Value at 'name' failed to "
                                       "satisfy constraint: Member must have length between 1 and 80", 400)
        if name and BAD_NAME.search(name):
            return error_response_json("InvalidName", f"Invalid Name: '{name}'", 400)
        if problem := json_problem(payload):
            return error_response_json("InvalidExecutionInput",
                                       f"Invalid State Machine Execution Input: '{problem}'", 400)
        arn = f"{base.replace(':stateMachine:', ':execution:')}:{name}"
        old = sfn._executions.get(arn)
        if not name or not old or sfn._state_machines[base].get("type") == "EXPRESS":
            return None
        if old["status"] == "RUNNING" and old["input"] == payload and not old.get("sync"):
            return json_response({"executionArn": arn, "startDate": old["startDate"]})
        return error_response_json("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'", 400)

    def launcher(original, detached):
        def launch(data):
            asked, mark, case = data.get("stateMachineArn", "").partition("#")
            alias = sfn._state_machine_aliases.get(asked)
            if alias:
                routes = alias["routingConfiguration"]
                picked = random.choices(routes, [route["weight"] for route in routes])[0]["stateMachineVersionArn"]
            else:
                picked = asked
            version = sfn._state_machine_versions.get(picked)
            base = version["stateMachineArn"] if version else picked
            machine = version or sfn._state_machines.get(base)
            if machine is None or base not in sfn._state_machines:
                return original(data)  # refuses it
            refused = refusal(data, base)
            if refused:
                return refused
            launch_choice.set(SimpleNamespace(
                definition=machine["definition"], role=machine["roleArn"],
                version=picked if version else None, alias=asked if alias else None))
            if detached:
                current_scope.set(OUTSIDE)  # a child that is not waited for outlives its parent
            response = original({**data, "stateMachineArn": base + mark + case})
            if response[0] == 200:
                execution = sfn._executions[json.loads(response[2])["executionArn"]]
                execution["stateMachineVersionArn"] = picked if version else None
                execution["stateMachineAliasArn"] = asked if alias else None
                execution.setdefault("definitionAtStart", machine["definition"])
            return response
        # In a copy of the context, which the execution's thread inherits and the caller never sees.
        return lambda data: contextvars.copy_context().run(launch, data)

    def describe_execution(data):
        response = describe(data)
        execution = sfn._executions.get(data.get("executionArn"), {})
        arns = {key: execution[key] for key in ("stateMachineVersionArn", "stateMachineAliasArn") if execution.get(key)}
        return json_response({**json.loads(response[2]), **arns}) if arns else response

    def describe_state_machine_for_execution(data):
        response = describe_machine(data)
        at_start = sfn._executions.get(data.get("executionArn"), {}).get("definitionAtStart")
        return json_response({**json.loads(response[2]), "definition": at_start}) if at_start else response

    def list_executions(data):
        arn = data.get("stateMachineArn")
        kind = ("stateMachineVersionArn" if arn in sfn._state_machine_versions else
                "stateMachineAliasArn" if arn in sfn._state_machine_aliases else None)
        if kind is None:
            return listing(data)
        everything = {"stateMachineArn": arn.rpartition(":")[0], "statusFilter": data.get("statusFilter"),
                      "maxResults": len(sfn._executions) or 1}
        found = json.loads(listing(everything)[2])["executions"]
        found = [item for item in found if sfn._executions[item["executionArn"]].get(kind) == arn]
        return json_response({"executions": [{**item, kind: arn} for item in found]})  # one page

    sfn._start_execution, sfn._start_sync_execution = launcher(start, True), launcher(start_sync, False)
    sfn._describe_execution, sfn._list_executions = describe_execution, list_executions
    sfn._describe_state_machine_for_execution = describe_state_machine_for_execution
