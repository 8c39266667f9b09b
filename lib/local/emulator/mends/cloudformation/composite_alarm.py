from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners as cfn

from ..registry import mend
from .resource import answer, arn_of, resource


@mend
def cfn_composite_alarm():
    """Defect: AWS::CloudWatch::CompositeAlarm is refused. AWS: PutCompositeAlarm; Ref is the name."""
    def put(name, props):
        answer(cloudwatch._put_composite_alarm({}, {**props, "AlarmName": name}, False, True))
        return name, {"Arn": arn_of("cloudwatch", f"alarm:{name}")}

    def create(logical_id, props, stack):
        return put(props.get("AlarmName") or cfn._physical_name(stack, logical_id, max_len=255), props)

    resource("AWS::CloudWatch::CompositeAlarm", create, lambda name, old, new, stack: put(name, new),
              lambda name, props: cloudwatch._delete_alarms({}, {"AlarmNames": [name]}, False, True), ("AlarmName",))
