from ministack.services import backup

from ..registry import mend
from .resource import answer, resource


@mend
def cfn_backup_selection():
    """Defect: AWS::Backup::BackupSelection is refused. AWS: CreateBackupSelection; every change replaces it."""
    def create(logical_id, props, stack):
        made = answer(backup._create_selection(props["BackupPlanId"], {"BackupSelection": props["BackupSelection"]}))
        return made["SelectionId"], {"Id": made["SelectionId"], "SelectionId": made["SelectionId"],
                                     "BackupPlanId": props["BackupPlanId"]}

    resource("AWS::Backup::BackupSelection", create, lambda name, old, new, stack: (name, {}),
              lambda name, props: backup._delete_selection(props["BackupPlanId"], name),
              ("BackupPlanId", "BackupSelection"))
