import contextvars

from ministack.services import stepfunctions as sfn

from ..registry import mend
from .scope import Scope, current_scope


@mend
def map_fails_fast():
    """Defect: after an item has failed, Map still runs all others. AWS: an inline Map fails at once and stops them."""
    run_map_items = sfn._run_map_items

    def run_in_own_scope(state, raw_input, execution, ctx):
        scope = Scope(current_scope.get())
        processor = state.get("ItemProcessor") or state.get("Iterator") or {}
        scope.fails_fast = (processor.get("ProcessorConfig") or {}).get("Mode") != "DISTRIBUTED"

        def run():
            current_scope.set(scope)
            return run_map_items(state, raw_input, execution, ctx)
        try:
            return contextvars.copy_context().run(run)
        finally:
            scope.end()
            scope.leave()
            current_scope.get().check()

    sfn._run_map_items = run_in_own_scope
