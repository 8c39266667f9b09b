import type { IncomingHttpHeaders } from 'node:http';

/** A request on its way to the emulator, without the segment that names the caller. */
export interface ForwardedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The body as UTF-8. */
  readonly text: string;
}

/** Function URLs on the emulator: `/_aws/lambda-url/<id>/charges`. */
const FUNCTION_URL = /^\/_aws\/lambda-url\/[^/]+(\/[^?]*)/;
/** The service that a request is signed for, in the scope of its credential (Signature Version 4). */
const SIGNED_FOR = /Credential=[^/]+\/[^/]+\/[^/]+\/([^/]+)\/aws4_request/;
const RPC_V2 = /^\/service\/([^/]+)\/operation\/([^/?]+)/;

/** Services whose requests are signed under another name than their IAM actions have. */
const IAM_NAMES: Readonly<Record<string, string>> = { monitoring: 'cloudwatch' };

/** What AWS JSON targets begin with, for requests that nobody signed. */
const TARGETS: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'dynamodb',
  AWSStepFunctions: 'states',
  AmazonSQS: 'sqs',
  AWSEvents: 'events',
  Logs_20140328: 'logs',
  AmazonSSM: 'ssm',
};

/** REST requests have no operation's name in them; these are the ones that functions make. */
const REST: readonly (readonly [service: string, method: string, path: RegExp, action: string])[] = [
  ['ses', 'POST', /^\/v2\/email\/outbound-emails$/, 'SendEmail'],
  ['lambda', 'POST', /^\/2015-03-31\/functions\/[^/]+\/invocations$/, 'Invoke'],
  ['appconfig', 'POST', /^\/configurationsessions$/, 'StartConfigurationSession'],
  ['appconfig', 'GET', /^\/configuration$/, 'GetLatestConfiguration'],
];

/**
 * Names a call by service and action: `dynamodb.UpdateItem`, `states.SendTaskSuccess`, `ses.SendEmail`. Services go by
 * their IAM prefix. A call to a provider is `http.POST /charges`; a REST call that is not known here `s3.GET /path`.
 */
export function operationOf({ method, path, headers, text }: ForwardedRequest): string {
  const provider = FUNCTION_URL.exec(path)?.[1];
  if (provider) return `http.${method} ${provider}`;
  const signed = SIGNED_FOR.exec(headers.authorization ?? '')?.[1];
  const [target, action] = String(headers['x-amz-target'] ?? '').split('.');
  if (target && action) return `${iamName(signed) ?? TARGETS[target] ?? target}.${action}`;
  const [, service, operation] = RPC_V2.exec(path) ?? [];
  if (service && operation) return `${iamName(signed) ?? service}.${operation}`;
  if (headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const asked = /(?:^|&)Action=([^&]+)/.exec(text)?.[1];
    if (asked) return `${iamName(signed) ?? 'query'}.${asked}`;
  }
  const [bare = path] = path.split('?');
  const rest = REST.find(([of, verb, pattern]) => verb === method && pattern.test(bare) && (!signed || of === signed));
  return rest ? `${rest[0]}.${rest[3]}` : `${iamName(signed) ?? 'unknown'}.${method} ${bare}`;
}

const iamName = (service: string | undefined): string | undefined => service && (IAM_NAMES[service] ?? service);
