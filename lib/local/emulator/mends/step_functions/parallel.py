import contextvars
import copy
import queue
import threading

from ministack.services import stepfunctions as sfn

from ..registry import mend
from .scope import Ended, Scope, current_scope


@mend
def parallel():
    """Defects: all branches share one context object (they overwrite each other's token, state name and variables);
    JSONata Arguments, Output and Assign are ignored; a failure waits for the slowest sibling.
    AWS: each branch has its own context, its variables stay inside, Arguments is the branches' input, Output and
    Assign see the array of results, and the first unhandled error stops the other branches and fails the state.
    """
    def run_parallel_branches(state, raw_input, execution, ctx):
        jsonata = sfn._state_query_language(state, ctx) == "JSONata"
        data = (sfn._apply_jsonata_arguments(state, raw_input, ctx) if jsonata else
                sfn._apply_parameters(state, sfn._apply_input_path(state, raw_input, ctx), ctx))
        branches = state.get("Branches", [])
        results, done, scope = [None] * len(branches), queue.SimpleQueue(), Scope(current_scope.get())

        def run_branch(index, branch):
            current_scope.set(scope)
            try:
                results[index] = sfn._run_sub_machine(
                    branch.get("States", {}), branch.get("StartAt"), data, execution, copy.deepcopy(ctx))
                done.put(None)
            except (Ended, sfn._ExecutionError) as error:
                done.put(error)
            except Exception as error:
                done.put(sfn._ExecutionError("States.BranchFailed", str(error)))

        for index, branch in enumerate(branches):
            threading.Thread(target=contextvars.copy_context().run, args=(run_branch, index, branch),
                             daemon=True).start()
        try:
            for _ in branches:
                if error := done.get():
                    raise error
        finally:
            scope.end()
            scope.leave()
        if jsonata:
            output = sfn._apply_jsonata_output(state, raw_input, ctx, result=results, default=results)
            sfn._apply_state_assign(state, raw_input, ctx, result=results)
        else:
            output = sfn._apply_result_path(state, raw_input, sfn._apply_result_selector(state, results))
            output = sfn._apply_output_path(state, output, ctx)
        return output, sfn._next_or_end(state)

    sfn._run_parallel_branches = run_parallel_branches
