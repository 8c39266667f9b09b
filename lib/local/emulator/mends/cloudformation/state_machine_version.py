from ministack.services import stepfunctions as sfn

from ..registry import mend
from .resource import answer, resource


@mend
def cfn_state_machine_version():
    """Defect: AWS::StepFunctions::StateMachineVersion is refused. AWS: publishes a version; Ref and Arn are its ARN;
    every property change publishes a new one."""
    def create(logical_id, props, stack):
        arn = answer(sfn._publish_state_machine_version({
            "stateMachineArn": props["StateMachineArn"], "description": props.get("Description", ""),
            "revisionId": props.get("StateMachineRevisionId")}))["stateMachineVersionArn"]
        return arn, {"Arn": arn}

    def delete(arn, props):
        answer(sfn._delete_state_machine_version({"stateMachineVersionArn": arn}))

    resource("AWS::StepFunctions::StateMachineVersion", create, lambda arn, old, new, stack: (arn, {"Arn": arn}),
              delete, ("StateMachineArn", "StateMachineRevisionId", "Description"))
