/** Messages are looked at wherever they come by: what they say is kept. */
const MOST = 2_000;
const known = new Map<string, unknown>();

function keep(body: string, said: unknown): void {
  if (known.size >= MOST) known.clear();
  known.set(body, said);
}

/** A message that says this. */
export function bodyOf(said: unknown): string {
  const body = JSON.stringify(said);
  keep(body, said);
  return body;
}

/** What a message says; undefined if it is no JSON. Nobody may change it. */
export function saidIn(body: string): unknown {
  if (known.has(body)) return known.get(body);
  let said: unknown;
  try {
    said = JSON.parse(body);
  } catch {
    // Then nobody knows.
  }
  keep(body, said);
  return said;
}
