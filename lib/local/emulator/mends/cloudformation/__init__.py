"""CloudFormation: resource types that it refuses, and with them the whole stack."""
from . import (state_machine_version, state_machine_alias, events_archive, composite_alarm, metric_math_alarm,
               backup_selection, recorded_types)

__all__ = ["state_machine_version", "state_machine_alias", "events_archive", "composite_alarm", "metric_math_alarm",
           "backup_selection", "recorded_types"]
