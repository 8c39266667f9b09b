from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners as cfn

from ..registry import mend


@mend
def metric_math_alarm():
    """Defect: an alarm with Metrics (math, anomaly band) fails its stack, and PutMetricAlarm drops Metrics.
    AWS: accepted. Here it is stored and described, but never evaluated: SetAlarmState moves it."""
    record, put = cfn._cw_metric_alarm_record, cloudwatch._put_metric_alarm
    single = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit")

    def as_math(alarm, source):
        for name in single:
            alarm.pop(name, None)
        alarm["Metrics"] = source["Metrics"]
        if source.get("ThresholdMetricId"):
            alarm.pop("Threshold", None)
            alarm["ThresholdMetricId"] = source["ThresholdMetricId"]
        return alarm

    def alarm_record(name, props):
        if not props.get("Metrics"):
            return record(name, props)
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        return as_math(record(name, {"Threshold": 0, "MetricName": "-", "Namespace": "-", **plain}), props)

    def put_metric_alarm(params, data, is_cbor, is_json=False):
        response = put(params, data, is_cbor, is_json)
        if response[0] == 200 and (is_cbor or is_json) and data.get("Metrics"):
            as_math(cloudwatch._alarms[data["AlarmName"]], data)
        return response

    cfn._cw_metric_alarm_record, cloudwatch._put_metric_alarm = alarm_record, put_metric_alarm
