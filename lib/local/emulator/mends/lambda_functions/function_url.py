import os

from ministack.core.responses import json_response
from ministack.services import lambda_svc

from ..registry import mend

PATH = "/_aws/lambda-url/"


@mend
def function_url():
    """Defect: a function URL (AWS::Lambda::Url, CreateFunctionUrlConfig) is an https://….on.aws that nothing answers.
    AWS: it can be called. Here it is MiniStack's own path for it, http://127.0.0.1:<port>/_aws/lambda-url/<id>/.
    """
    port = os.environ.get("GATEWAY_PORT", "4566")
    create, id_of = lambda_svc._create_function_url_config, lambda_svc._function_url_id

    def create_function_url_config(func_name, data, qualifier):
        response = create(func_name, data, qualifier)
        if response[0] != 201:
            return response
        config = lambda_svc._function_urls[lambda_svc._url_config_key(func_name, qualifier)]
        config["FunctionUrl"] = f"http://127.0.0.1:{port}{PATH}{id_of(config['FunctionUrl'])}/"
        return json_response(config, status=201)

    def function_url_id(url):
        _, path, rest = url.partition(PATH)
        return rest.partition("/")[0] if path else id_of(url)

    lambda_svc._create_function_url_config, lambda_svc._function_url_id = create_function_url_config, function_url_id
