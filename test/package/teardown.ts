import { rmSync } from 'node:fs';

export default function teardown(): void {
  const place = process.env.BREAKWATER_PACKAGE;
  if (place) rmSync(place, { recursive: true, force: true });
}
