"""The script that MiniStack runs in a function's Node process, as text to be mended."""
from ministack.core import lambda_runtime


def rewrite(found, instead):
    """Replaces every occurrence; one must be there, or the mend is made for another script."""
    script = lambda_runtime._NODEJS_WORKER_SCRIPT
    if found not in script:
        raise SystemExit(f"MiniStack's Node worker does not contain what a mend replaces: {found!r}")
    lambda_runtime._NODEJS_WORKER_SCRIPT = script.replace(found, instead)
