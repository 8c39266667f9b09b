"""Step Functions: executions that can be ended, and states that do what the states language says."""
from . import (engine, succeed_output, choice_default_output, assign_at_once, parallel, map_fails_fast, retries,
               task_limits, start_execution, status_events, failed_executions)

__all__ = ["engine", "succeed_output", "choice_default_output", "assign_at_once", "parallel", "map_fails_fast",
           "retries", "task_limits", "start_execution", "status_events", "failed_executions"]
