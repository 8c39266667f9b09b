import json

from ministack.services import eventbridge
from ministack.services.cloudformation import provisioners as cfn

from ..registry import mend
from .resource import answer, arn_of, resource


@mend
def cfn_events_archive():
    """Defect: AWS::Events::Archive is refused. AWS: CreateArchive; Ref is the name, Arn the ARN."""
    def request(name, props):
        pattern = props.get("EventPattern", "")
        return {"ArchiveName": name, "EventSourceArn": props.get("SourceArn"),
                "Description": props.get("Description", ""),
                "EventPattern": json.dumps(pattern) if isinstance(pattern, dict) else pattern,
                "RetentionDays": int(props.get("RetentionDays", 0))}

    def create(logical_id, props, stack):
        name = props.get("ArchiveName") or cfn._physical_name(stack, logical_id, max_len=48)
        return name, {"Arn": answer(eventbridge._create_archive(request(name, props)))["ArchiveArn"]}

    def update(name, old, new, stack):
        answer(eventbridge._update_archive(request(name, new)))
        return name, {"Arn": arn_of("events", f"archive/{name}")}

    resource("AWS::Events::Archive", create, update,
              lambda name, props: eventbridge._delete_archive({"ArchiveName": name}), ("ArchiveName", "SourceArn"))
