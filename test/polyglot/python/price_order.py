"""Adds up what an order costs: a pure atom, called directly. This is all that it takes."""


class Contract(Exception):
    """Its name is what the state machine hears: the same message will be wrong again."""


def handler(message, _context):
    match message:
        case {"breakwater": 1, "verb": "do", "contract": str(contract), "input": {"lines": list(lines)}}:
            if contract.split(".")[0] != "price-order@1":
                raise Contract(f"The message is for {contract}, and this is price-order@1.0.0.")
            return {"total": sum(price(line) for line in lines)}
    raise Contract("The message is no envelope with the verb do and lines as its input.")


def price(line):
    match line:
        case {"quantity": int(quantity), "unitPrice": int(unit_price)}:
            return quantity * unit_price
    raise Contract(f"A line has a whole quantity and unitPrice; received {line}.")
