/**
 * Makes functions on a MiniStack with Breakwater's mends call through a proxy, or directly again. A function's process
 * keeps the way that it was started with, so this comes before the first call, or after the processes have ended.
 */
export async function routeFunctions(target: string, endpoint: string | null): Promise<void> {
  const response = await fetch(`${target}/_ministack/config`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ 'breakwater.functions_endpoint': endpoint }),
  });
  const { applied = {} } = (await response.json()) as { applied?: Record<string, unknown> };
  if (!('breakwater.functions_endpoint' in applied)) {
    throw new Error(`${target} can't send its functions through a proxy: it is no MiniStack with Breakwater's mends.`);
  }
}
