from ministack.services import stepfunctions as sfn
from ministack.services.cloudformation import provisioners as cfn

from ..registry import mend
from .resource import answer, resource


@mend
def cfn_state_machine_alias():
    """Defect: AWS::StepFunctions::StateMachineAlias is refused. AWS: routes by RoutingConfiguration, or moves all
    traffic to DeploymentPreference's version by the end of the update (here: at once); Ref and Arn are its ARN."""
    def request(props):
        preference = props.get("DeploymentPreference")
        routes = ([{"StateMachineVersionArn": preference["StateMachineVersionArn"], "Weight": 100}] if preference
                  else props.get("RoutingConfiguration") or [])
        return {"description": props.get("Description", ""), "routingConfiguration": [
            {"stateMachineVersionArn": route["StateMachineVersionArn"], "weight": int(route["Weight"])}
            for route in routes]}

    def create(logical_id, props, stack):
        name = props.get("Name") or cfn._physical_name(stack, logical_id, max_len=80)
        arn = answer(sfn._create_state_machine_alias({"name": name, **request(props)}))["stateMachineAliasArn"]
        return arn, {"Arn": arn}

    def update(arn, old, new, stack):
        answer(sfn._update_state_machine_alias({"stateMachineAliasArn": arn, **request(new)}))
        return arn, {"Arn": arn}

    resource("AWS::StepFunctions::StateMachineAlias", create, update,
              lambda arn, props: sfn._delete_state_machine_alias({"stateMachineAliasArn": arn}), ("Name",))
