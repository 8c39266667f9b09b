import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../aws-error.ts';
import type { FaultKind } from '../faults/fault.ts';
import type { Invocation } from '../functions/invocation.ts';
import { AtomTestError } from '../mistakes.ts';
import { type Command, commandName } from '../process/inside.ts';
import type { Account } from './account.ts';
import { DELAY } from './delays.ts';
import { labelOf, recordOf } from './labels.ts';
import { AwsServices, type Input, READS, serviceOf } from './services.ts';

const OF_READS: readonly FaultKind[] = ['refused', 'crash-before', 'zombie'];
const OF_WRITES: readonly FaultKind[] = [
  'refused',
  'outage',
  'unanswered',
  'resent',
  'late',
  'thawed',
  'crash-before',
  'crash-after',
  'zombie',
];
const OF_TRANSACTIONS: readonly FaultKind[] = [...OF_WRITES, 'collided'];
const NONE: readonly FaultKind[] = [];

/** What functions ask of AWS, and what goes wrong with it. */
export class AwsCalls {
  readonly #account: Account;
  readonly #services: AwsServices;
  /** Until when all calls of a service are refused. */
  readonly #outages = new Map<string, number>();

  constructor(account: Account) {
    this.#account = account;
    this.#services = new AwsServices(account);
  }

  send(invocation: Invocation, command: Command, signal: AbortSignal | undefined): Promise<unknown> {
    const account = this.#account;
    const name = commandName(command);
    const input = command.input as Input;
    const service = serviceOf(name);
    const label = `${this.#whose(name, input, invocation)} ${name}`;
    const down = (this.#outages.get(service) ?? 0) > account.now();
    const kind = account.points.reach(label, down ? NONE : kindsOf(name));
    if (kind === 'outage') this.#outages.set(service, account.now() + DELAY.outage);
    account.tell(invocation.functionName, service, label, kind);
    const perform = (): unknown => {
      try {
        return this.#services.perform(name, input, invocation);
      } catch (error) {
        if (error instanceof AtomTestError) account.mistaken(error);
        throw error;
      }
    };
    return new Promise((resolve, reject) => {
      signal?.addEventListener('abort', () => invocation.answer(reject, signal.reason as Error));
      const call = new Call(account, invocation, { name, input, perform }, { resolve, reject });
      const way = WAYS[down ? 'refused' : (kind ?? 'sound')];
      if (!way) throw new TypeError(`${kind} is no fault of a call.`);
      way(call);
    });
  }

  /** The step that a call is for; where it names none, the function. */
  #whose(name: string, input: Input, invocation: Invocation): string {
    if ('taskToken' in input) {
      const task = this.#account.stepFunctions.tokens.get(String(input.taskToken))?.task;
      return task ? `${task.execution.settings.name}/${task.state}` : 'nobody';
    }
    const record = serviceOf(name) === 'DynamoDB' ? recordOf(input) : undefined;
    if (record) return labelOf(record);
    const [only, ...others] = this.#account.watch.envelopesOf(invocation);
    return only && others.length === 0 ? labelOf(only) : invocation.functionName;
  }
}

function kindsOf(name: string): readonly FaultKind[] {
  if (READS.has(name)) return OF_READS;
  return name === 'TransactWriteItems' ? OF_TRANSACTIONS : OF_WRITES;
}

/** What is asked, and what does it. */
interface Asked {
  readonly name: string;
  readonly input: Input;
  perform(): unknown;
}

/** How its caller hears of it. */
interface Reply {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** A call under way. */
class Call {
  readonly invocation: Invocation;
  readonly #account: Account;
  readonly #asked: Asked;
  readonly #reply: Reply;

  constructor(account: Account, invocation: Invocation, asked: Asked, reply: Reply) {
    this.#account = account;
    this.invocation = invocation;
    this.#asked = asked;
    this.#reply = reply;
  }

  /** As long as a call takes from now. */
  arrives(act: () => void): void {
    this.after(this.#account.about(DELAY.call), act);
  }

  after(milliseconds: number, act: () => void): void {
    this.#account.after(milliseconds, act);
  }

  /** Does what is asked, and answers. */
  answer(perform = this.#asked.perform): void {
    try {
      this.invocation.answer(this.#reply.resolve, perform());
    } catch (error) {
      this.refuse(error as Error);
    }
  }

  /** Does what is asked; nobody hears of it. */
  perform(): void {
    try {
      this.#asked.perform();
    } catch {
      // Nor of this.
    }
  }

  refuse(error: Error): void {
    this.invocation.answer(this.#reply.reject, error);
  }

  lose(): void {
    this.after(DELAY.noAnswer, () => this.refuse(lost()));
  }

  collide(): void {
    this.refuse(collision(this.#asked.input));
  }

  /** The SDK gives a transaction a token, so that what it sends again is not done again; nothing else has one. */
  resend(): void {
    const { name, perform } = this.#asked;
    let again = perform;
    try {
      const first = perform();
      if (name === 'TransactWriteItems') again = () => first;
    } catch {
      // Its answer is what gets lost.
    }
    this.after(DELAY.resend, () => this.answer(again));
  }
}

/** How a call goes, by what goes wrong with it. */
const WAYS: Readonly<Partial<Record<FaultKind | 'sound', (call: Call) => void>>> = {
  sound: (call) => call.arrives(() => call.answer()),
  refused: (call) => call.arrives(() => call.refuse(throttled())),
  outage: (call) => call.arrives(() => call.refuse(throttled())),
  collided: (call) => call.arrives(() => call.collide()),
  unanswered: (call) =>
    call.arrives(() => {
      call.perform();
      call.lose();
    }),
  resent: (call) => call.arrives(() => call.resend()),
  late: (call) => {
    call.after(DELAY.late, () => call.perform());
    call.lose();
  },
  thawed: (call) => {
    call.after(DELAY.thawed, () => call.perform());
    call.lose();
  },
  'crash-before': ({ invocation }) => invocation.crash(),
  'crash-after': (call) =>
    call.arrives(() => {
      call.perform();
      call.invocation.crash();
    }),
  zombie: (call) => {
    call.invocation.becomeZombie();
    call.after(call.invocation.remainingMilliseconds + DELAY.zombie, () => call.answer());
  },
};

const throttled = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded');
const lost = (): AwsError => new AwsError('TimeoutError', 'The connection was lost before an answer came.');

function collision({ TransactItems }: Input): TransactionCanceledException {
  const reasons = (TransactItems as readonly unknown[]).map((_, index, all) =>
    index === all.length - 1 ? { Code: 'TransactionConflict' } : { Code: 'None' },
  );
  return new TransactionCanceledException({
    message: 'Transaction cancelled, please refer cancellation reasons for specific reasons',
    $metadata: {},
    CancellationReasons: reasons,
  });
}
