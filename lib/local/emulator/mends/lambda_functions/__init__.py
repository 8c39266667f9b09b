"""Lambda: what a function's process is given, and what comes back from it."""
from . import alias_weights, client_context, error_names, function_url, functions_endpoint, log_end

__all__ = ["alias_weights", "client_context", "error_names", "function_url", "functions_endpoint", "log_end"]
