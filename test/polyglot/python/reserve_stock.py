"""Sets products aside, exactly once: an atom of the effect `transaction`."""
import os

from dynamodb_json import item
from transaction import Contract, serve


def reserve(given):
    match given:
        case {"sku": str(sku), "quantity": int(quantity)}:
            take = {
                "TableName": os.environ["STOCK_TABLE"],
                "Key": item({"sku": sku}),
                "UpdateExpression": "SET available = available - :quantity",
                "ConditionExpression": "available >= :quantity",
                "ExpressionAttributeValues": item({":quantity": quantity}),
            }
            return {"holdId": f"hold of {quantity} {sku}"}, [{"Update": take}], ("OutOfStock", {"sku": sku})
    raise Contract(f"The input is a sku and a whole quantity; received {given}.")


handler = serve("reserve-stock@1.0.0", reserve)
