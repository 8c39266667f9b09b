/** A whole answer. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const MESSAGE = 'Rate exceeded';

/** The error's name, where a service has one of its own. */
const NAMES: Readonly<Record<string, string>> = {
  dynamodb: 'ProvisionedThroughputExceededException',
  lambda: 'TooManyRequestsException',
  ses: 'TooManyRequestsException',
};

/** What a service answers when there are too many calls, in the protocol in which it was asked. */
export function throttlingAnswer(operation: string, contentType = ''): Answer {
  const [service = ''] = operation.split('.');
  const name = NAMES[service] ?? 'ThrottlingException';
  if (service === 'http') {
    const headers = { 'content-type': 'application/json', 'retry-after': '1' };
    return { status: 429, headers, body: JSON.stringify({ reason: 'too many requests' }) };
  }
  if (contentType.startsWith('application/x-amz-json')) {
    const body = JSON.stringify({ __type: `com.amazonaws#${name}`, message: MESSAGE });
    return { status: 400, headers: { 'content-type': contentType, 'x-amzn-errortype': name }, body };
  }
  if (contentType.startsWith('application/x-www-form-urlencoded')) {
    const error = `<Error><Type>Sender</Type><Code>Throttling</Code><Message>${MESSAGE}</Message></Error>`;
    const body = `<ErrorResponse>${error}<RequestId>throttled</RequestId></ErrorResponse>`;
    return { status: 400, headers: { 'content-type': 'text/xml' }, body };
  }
  const headers = { 'content-type': 'application/json', 'x-amzn-errortype': name };
  return { status: 429, headers, body: JSON.stringify({ message: MESSAGE }) };
}
