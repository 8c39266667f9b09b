"""What Step Functions takes as input and output."""
import json


def json_problem(text):
    """Why a payload is refused: Step Functions takes JSON of at most 256 KiB."""
    if len(text.encode()) > 262_144:
        return "exceeds the maximum of 262144 bytes"
    try:
        json.loads(text)
    except ValueError as error:
        return str(error)
