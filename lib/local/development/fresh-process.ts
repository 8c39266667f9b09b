import { fork } from 'node:child_process';
import { relative } from 'node:path';
import { Refused } from './errors.ts';

type Reply = { readonly value: unknown } | { readonly error: string };

const SHOWN_LINES = 12;

/**
 * Asks a script for one answer, in a process of its own: Node loads a module once, so that a process that has seen a
 * contract or a workflow never sees how it was changed. What it prints is dropped, unless it ends without an answer.
 *
 * @param script ends in `await answer(…)`
 * @throws Refused with what the script threw, and where in the project that was
 */
export async function askFreshProcess<Answer>(script: string, question: unknown, signal: AbortSignal): Promise<Answer> {
  signal.throwIfAborted();
  const child = fork(script, [JSON.stringify(question)], {
    execArgv: [],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    killSignal: 'SIGKILL',
    signal,
  });
  let reply: Reply | undefined;
  let printed = '';
  child.on('message', (message) => {
    reply = message as Reply;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const failure = await new Promise<string | undefined>((resolve) => {
    child.once('error', ({ message }) => resolve(message));
    child.once('close', (code, by) => resolve(code === 0 ? undefined : `it ended with ${by ?? code}`));
  });
  signal.throwIfAborted();
  if (reply && 'value' in reply) return reply.value as Answer;
  if (reply) throw new Refused(reply.error);
  const lastWords = printed.trim().split('\n').slice(0, SHOWN_LINES).join('\n');
  throw new Refused(`${script} gave no answer: ${failure ?? 'it ended'}.\n${lastWords}`);
}

/** The other end: answers the process that asked, or whoever runs it by hand, and ends this one. */
export async function answer<Question>(root: string, work: (question: Question) => Promise<unknown>): Promise<void> {
  let reply: Reply;
  try {
    reply = { value: await work(JSON.parse(process.argv[2] ?? 'null')) };
  } catch (error) {
    reply = { error: described(error, root) };
  }
  if (process.send) await new Promise((resolve) => process.send?.(reply, resolve));
  else console.log(JSON.stringify(reply, null, 2));
  // Sockets kept alive must not keep it alive.
  process.exit();
}

/** With the line of the workflow or contract: it is there that a mistake was made, wherever it was noticed. */
function described(error: unknown, root: string): string {
  if (!(error instanceof Error)) return String(error);
  const [, file, place] =
    /(?:file:\/\/|\()(\/[^)\s]*\/(?:state-machines|lambdas)\/[^)\s]*?):(\d+:\d+)/.exec(error.stack ?? '') ?? [];
  return `${error.name}: ${error.message}${file ? `\n  at ${relative(root, file)}:${place}` : ''}`;
}
