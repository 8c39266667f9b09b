"""Plain values as DynamoDB has them, and back: what boto3.dynamodb.types does, for where only botocore is."""
import json


def typed(value):
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, float)):
        return {"N": json.dumps(value)}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, list):
        return {"L": [typed(each) for each in value]}
    return {"M": item(value)}


def item(fields):
    return {name: typed(value) for name, value in fields.items()}


def plain(attribute):
    (kind, value), = attribute.items()
    if kind == "NULL":
        return None
    if kind == "N":
        return json.loads(value)
    if kind == "L":
        return [plain(each) for each in value]
    return fields(value) if kind == "M" else value


def fields(item):
    return {name: plain(attribute) for name, attribute in item.items()}
