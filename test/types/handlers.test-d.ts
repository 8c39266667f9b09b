/** Checked by the compiler, never run; see workflow.test-d.ts. */
import * as z from 'zod';
import { personal, type Schema } from '../../lib/contract/index.ts';
import { type Context, serve } from '../../lib/runtime/index.ts';
import { runAtom } from '../../lib/testing/index.ts';
import { assessRisk } from '../fakes/atoms.ts';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const exactly = <_ extends true>(): void => {};

export function marks(other: Schema<string, number>): void {
  const Customer = z.object({ email: personal(z.email()), note: personal(z.string()).optional() });
  exactly<Equal<z.infer<typeof Customer>, { email: string; note?: string | undefined }>>();
  const marked = personal(other);
  exactly<Equal<typeof marked, Schema<string, number>>>();
  // @ts-expect-error a schema is marked, not a value
  personal('ann@example.com');
}

export async function context({ id, random, now, fetch, log }: Context<Record<never, never>>): Promise<void> {
  exactly<Equal<ReturnType<typeof id>, string>>();
  exactly<Equal<ReturnType<typeof random>, number>>();
  exactly<Equal<ReturnType<typeof now>, Date>>();
  exactly<Equal<Awaited<ReturnType<typeof fetch>>, Response>>();
  id('line-1');
  log('begun');
  log('begun', { lines: 2 });
  await fetch(new URL('https://example.com'), { method: 'POST' });
  // @ts-expect-error a name is text
  id(1);
  // @ts-expect-error fields have names
  log('begun', 'with two lines');
  // @ts-expect-error the message comes first
  log({ lines: 2 });
}

export async function logged(): Promise<void> {
  const assess = serve(assessRisk, () => ({ level: 'low' as const, score: 1 }));
  const { log } = await runAtom(assess, { total: 1 });
  exactly<Equal<typeof log, readonly Readonly<Record<string, unknown>>[]>>();
  // @ts-expect-error what was logged is read, not written
  log.push({});
}
