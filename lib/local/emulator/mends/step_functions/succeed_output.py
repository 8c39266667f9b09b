from ministack.services import stepfunctions as sfn

from ..registry import mend


@mend
def succeed_output():
    """Defect: a Succeed state passes its input on. AWS: its JSONata Output becomes the execution's output."""
    def execute_succeed(state, data, ctx):
        if sfn._state_query_language(state, ctx) == "JSONata":
            return sfn._apply_jsonata_output(state, data, ctx, default=data), None
        return sfn._apply_output_path(state, sfn._apply_input_path(state, data, ctx), ctx), None

    sfn._execute_succeed = execute_succeed
