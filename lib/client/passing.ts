/** Whether an error of AWS may be gone at the next attempt: throttling, a fault on its side, no connection. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, $fault, $retryable, $metadata } = error as Error & Partial<AwsFacts>;
  if ($retryable !== undefined || $fault === 'server' || PASSING.test(name)) return true;
  return NO_CONNECTION.has((error as { code?: unknown }).code) || ($metadata?.httpStatusCode ?? 0) >= 500;
}

/** What the AWS SDK says of an error. */
interface AwsFacts {
  readonly $fault: 'client' | 'server';
  readonly $retryable: unknown;
  readonly $metadata: { readonly httpStatusCode?: number };
}

const PASSING =
  /throttl|TimeoutError|RequestLimitExceeded|ProvisionedThroughputExceeded|TooManyRequests|SlowDown|NetworkingError/i;

const NO_CONNECTION: ReadonlySet<unknown> = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EAI_AGAIN',
  'ENOTFOUND',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);
