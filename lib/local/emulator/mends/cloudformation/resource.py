"""How a mend makes CloudFormation know one more resource type."""
import json

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation import provisioners as cfn


def resource(type_name, create, update, delete, replacing=()):
    """Makes CloudFormation know a type. A change of a `replacing` property makes a new resource."""
    cfn._RESOURCE_HANDLERS[type_name] = {"create": create, "update": update, "delete": delete}
    cfn._REPLACING_PROPERTIES[type_name] = tuple(replacing)


def answer(response):
    """A service's JSON answer; a refusal fails the resource with the service's message."""
    status, _, body = response
    body = json.loads(body or "{}")
    if status >= 400:
        raise ValueError(body.get("message") or body.get("Message") or str(body))
    return body


def arn_of(service, name):
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{name}"
