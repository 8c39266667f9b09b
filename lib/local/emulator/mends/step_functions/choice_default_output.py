from ministack.services import stepfunctions as sfn

from ..registry import mend


@mend
def choice_default_output():
    """Defect: state-level Output is ignored when no rule matches. AWS: it is used on the way to Default.

    Default becomes a last rule that always matches and carries the state's own Output and Assign.
    """
    execute_choice = sfn._execute_choice

    def with_default_rule(state, raw_input, ctx=None):
        if "Default" in state and sfn._state_query_language(state, ctx) == "JSONata":
            rule = {"Condition": True, "Next": state["Default"], "QueryLanguage": "JSONata"}
            rule.update({key: state[key] for key in ("Output", "Assign") if key in state})
            state = {**state, "Choices": [*state.get("Choices", []), rule]}
        return execute_choice(state, raw_input, ctx)

    sfn._execute_choice = with_default_rule
