import json

from ministack.services import eventbridge, lambda_svc

from .registry import mend


@mend
def eventbridge_lambda_target():
    """Defect: a rule calls its function once; when that fails, the event is gone. A rendered template that is no JSON
    arrives as {"body": ...}.
    AWS: a rule invokes asynchronously: two retries, or what the EventInvokeConfig of the function, version or alias
    says, then its OnFailure destination or the function's dead-letter queue. Lambda refuses what is no JSON.
    """
    def dispatch_to_lambda(arn, payload):
        func, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not func or not config:
            eventbridge.logger.warning("EventBridge -> Lambda: function %s not found", name)
            return
        try:
            event = json.loads(payload)
        except ValueError as error:
            eventbridge.logger.warning("EventBridge -> Lambda %s: input is no JSON (%s): %s", name, error, payload)
            return
        record = lambda_svc._execution_record_for_config(func, config)
        qualifier = arn.split(":")[7] if arn.count(":") == 7 else None
        invoke_config = lambda_svc._event_invoke_config(lambda_svc._functions[name], qualifier)
        lambda_svc.invoke_async_with_retry({**record, "event_invoke_config": invoke_config}, event)

    eventbridge._dispatch_to_lambda = dispatch_to_lambda
