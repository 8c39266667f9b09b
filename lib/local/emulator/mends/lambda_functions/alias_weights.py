import contextvars
import random

from ministack.services import lambda_svc

from ..registry import mend


@mend
def lambda_alias_weights():
    """Defect: an alias's AdditionalVersionWeights are stored, every call goes to its FunctionVersion.
    AWS: each call or batch goes to the additional version with that probability."""
    pick, invoke = lambda_svc._effective_func_record_for_qualifier, lambda_svc._invoke
    get, get_config = lambda_svc._get_function, lambda_svc._get_function_config
    exact = contextvars.ContextVar("exact", default=False)  # reading an alias always shows its main version

    def drawn(func, qualifier):
        alias = (func or {}).get("aliases", {}).get(qualifier) or {}
        weights = (alias.get("RoutingConfig") or {}).get("AdditionalVersionWeights") or {}
        draw = random.random()
        for version_number, weight in weights.items():
            draw -= weight
            if draw < 0:
                return version_number
        return qualifier

    def weighted(func, qualifier):
        return pick(func, qualifier if exact.get() else drawn(func, qualifier))

    async def weighted_invoke(name, event, headers, path_qualifier=None, query_params=None):
        qualifier = path_qualifier or lambda_svc._qp_first(query_params or {}, "Qualifier")
        chosen = drawn(lambda_svc._functions.get(name), qualifier)
        return await invoke(name, event, headers, chosen if chosen != qualifier else path_qualifier, query_params)

    def exactly(read):
        def run(*args):
            exact.set(True)
            return read(*args)
        return lambda *args: contextvars.copy_context().run(run, *args)

    lambda_svc._effective_func_record_for_qualifier, lambda_svc._invoke = weighted, weighted_invoke
    lambda_svc._get_function, lambda_svc._get_function_config = exactly(get), exactly(get_config)
