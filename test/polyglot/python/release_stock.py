"""Puts products back: the compensation of reserve_stock."""
import os

from dynamodb_json import item
from transaction import serve


def release(done):
    put_back = {
        "TableName": os.environ["STOCK_TABLE"],
        "Key": item({"sku": done["input"]["sku"]}),
        "UpdateExpression": "SET available = available + :quantity",
        "ExpressionAttributeValues": item({":quantity": done["input"]["quantity"]}),
    }
    return {"holdId": done["output"]["holdId"]}, [{"Update": put_back}], None


handler = serve("release-stock@1.0.0", release, undoes=True)
