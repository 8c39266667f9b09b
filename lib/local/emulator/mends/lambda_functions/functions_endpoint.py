import json
import os
import re

from ministack import app
from ministack.core import lambda_runtime

from ..registry import mend

SETTING = "breakwater.functions_endpoint"


@mend
def functions_endpoint():
    """Not a defect: functions can be made to call through a proxy that plays faults, and that must know who calls.

    BREAKWATER_FUNCTIONS_ENDPOINT, or POST /_ministack/config {"breakwater.functions_endpoint": <url or null>}, makes
    <url>/<function name> the AWS_ENDPOINT_URL of each worker that starts from then on, and puts it in place of the
    emulator's own endpoint in the function's variables (queue URLs). The proxy takes the first path segment off.
    """
    port = os.environ.get("GATEWAY_PORT", "4566")
    own = re.compile(rf"http://(127\.0\.0\.1|localhost):{port}(?!\d)")
    setting = {"endpoint": os.environ.pop("BREAKWATER_FUNCTIONS_ENDPOINT", None)}
    spawn, configure = lambda_runtime.Worker._spawn, app._handle_admin_config_request

    def spawn_behind_proxy(self):
        endpoint, config = setting["endpoint"], self.config
        if not endpoint:
            return spawn(self)
        mine = f"{endpoint.rstrip('/')}/{config['FunctionName']}"
        variables = {"AWS_ENDPOINT_URL": mine, **config.get("Environment", {}).get("Variables", {})}
        self.config = {**config, "Environment": {
            "Variables": {name: own.sub(mine, value) for name, value in variables.items()}}}
        try:
            return spawn(self)
        finally:
            self.config = config

    async def handle_admin_config_request(path, method, body):
        response = await configure(path, method, body)
        if response and response[0] == 200:
            try:
                asked = json.loads(body or b"{}")
            except ValueError:
                return response
            if SETTING in asked:
                setting["endpoint"] = asked[SETTING]
                applied = {**json.loads(response[2])["applied"], SETTING: asked[SETTING]}
                return response[0], response[1], json.dumps({"applied": applied}).encode()
        return response

    lambda_runtime.Worker._spawn, app._handle_admin_config_request = spawn_behind_proxy, handle_admin_config_request
