from ministack.core.responses import new_uuid
from ministack.services.cloudformation import provisioners as cfn

from ..registry import mend
from .resource import arn_of, resource


@mend
def cfn_recorded_types():
    """Defect: these types are refused, and with them the whole stack. AWS: real services. Here only the stack knows
    them: Ref, Fn::GetAtt, update and delete work, nothing else happens."""
    def recorded(type_name, ref, attributes=lambda ref, props: {}, replacing=()):
        def create(logical_id, props, stack):
            name = ref(props, cfn._physical_name(stack, logical_id, max_len=64))
            return name, attributes(name, props)
        resource(type_name, create, lambda name, old, new, stack: (name, attributes(name, new)),
                  lambda name, props: None, replacing)

    def generated(props, name):
        return new_uuid()

    def named(prop):
        return lambda props, name: props.get(prop) or name

    recorded("AWS::CloudWatch::AnomalyDetector", generated, lambda ref, props: {"Id": ref})
    recorded("AWS::Logs::QueryDefinition", generated, lambda ref, props: {"QueryDefinitionId": ref})
    recorded("AWS::XRay::Group",
             lambda props, name: arn_of("xray", f"group/{props.get('GroupName') or name}/{new_uuid()}"),
             lambda ref, props: {"GroupARN": ref}, ("GroupName",))
    recorded("AWS::CodeDeploy::Application", named("ApplicationName"), replacing=("ApplicationName",))
    recorded("AWS::CodeDeploy::DeploymentGroup", named("DeploymentGroupName"),
             replacing=("ApplicationName", "DeploymentGroupName"))
    recorded("AWS::AppConfig::Extension", generated, lambda ref, props: {
        "Id": ref, "Arn": arn_of("appconfig", f"extension/{ref}/1"), "VersionNumber": 1}, ("Name",))
    recorded("AWS::AppConfig::ExtensionAssociation", generated, lambda ref, props: {
        "Id": ref, "Arn": arn_of("appconfig", f"extensionassociation/{ref}"),
        "ResourceArn": props.get("ResourceIdentifier"), "ExtensionArn": props.get("ExtensionIdentifier")}, ("ExtensionIdentifier", "ResourceIdentifier"))
