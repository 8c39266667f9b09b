from ministack.services import stepfunctions as sfn

from ..registry import mend


@mend
def assign_at_once():
    """Defect: the names of one Assign are set one by one. AWS: all expressions see the values from before."""
    def apply_state_assign(state, raw_input, ctx, result=None, error_output=None):
        if ctx is None or not isinstance(state.get("Assign"), dict):
            return
        if sfn._state_query_language(state, ctx) == "JSONata":
            ctx.setdefault("variables", {}).update(
                sfn._apply_jsonata_template(state["Assign"], raw_input, ctx, result=result, error_output=error_output))

    sfn._apply_state_assign = apply_state_assign
