"""Mends for MiniStack, applied in memory before it starts (see launch.py). Its files are not touched.

What it does wrong is mended where it is wrong, a file a mend, each with a test that fails on the plain emulator and so
tells when the defect is gone. What is not mended: a Lambda call in flight can't be interrupted; an alias's
DeploymentPreference moves everything at once; metric math is stored, never evaluated; no EMF, `AWS/SQS` or `AWS/States`
metrics; no Lambda* events in the history; ListExecutions by alias gives one page.
"""
from . import cloudformation, eventbridge_lambda_target, lambda_functions, sqs_move_tasks, step_functions
from .registry import apply

__all__ = ["apply", "cloudformation", "eventbridge_lambda_target", "lambda_functions", "sqs_move_tasks",
           "step_functions"]
