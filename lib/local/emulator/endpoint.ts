/** What answers at an endpoint: mends and suites differ by it. */
export type EndpointKind = 'ministack' | 'localstack' | 'aws' | 'unreachable';

const AWS_HOSTS = /\.(amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/;

/**
 * Tells what answers at an endpoint. AWS itself is told by its name, or by being none of the emulators: a VPC endpoint
 * may have any name. Without an endpoint the SDK goes to AWS.
 *
 * Each emulator answers a health path of its own; MiniStack answers LocalStack's as well, so it is asked first.
 */
export async function identifyEndpoint(url: string | undefined): Promise<EndpointKind> {
  if (!url || AWS_HOSTS.test(new URL(url).hostname)) return 'aws';
  try {
    if (await isHealthy(new URL('/_ministack/health', url))) return 'ministack';
    if (await isHealthy(new URL('/_localstack/health', url))) return 'localstack';
    return 'aws';
  } catch {
    return 'unreachable';
  }
}

async function isHealthy(url: URL): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(3_000) });
  const text = await response.text();
  if (!response.ok) return false;
  try {
    return 'services' in JSON.parse(text);
  } catch {
    return false;
  }
}
