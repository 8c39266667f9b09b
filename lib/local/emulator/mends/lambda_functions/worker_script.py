"""The scripts that MiniStack runs in a function's Node or Python process, as text to be mended."""
from ministack.core import lambda_runtime

NODE, PYTHON = "_NODEJS_WORKER_SCRIPT", "_PYTHON_WORKER_SCRIPT"


def rewrite(found, instead, worker=NODE):
    """Replaces every occurrence; one must be there, or the mend is made for another script."""
    script = getattr(lambda_runtime, worker)
    if found not in script:
        raise SystemExit(f"MiniStack's {worker} does not contain what a mend replaces: {found!r}")
    setattr(lambda_runtime, worker, script.replace(found, instead))
