/** Task tokens of a real state machine: what an atom answers is read from the execution that waits. */
import { DescribeExecutionCommand, type SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** What a state machine heard. */
export type Heard = { readonly output: unknown } | { readonly error: string; readonly cause: unknown } | 'nothing yet';

/** A token that a state machine waits with. */
export interface Waiting {
  readonly token: string;
  /** What it hears, soon. */
  heard(): Promise<Heard>;
  /** Whether it has heard nothing, a moment after it could have. */
  waits(): Promise<boolean>;
}

export class Tokens {
  readonly #stepFunctions: SFNClient;
  readonly #sqs: SQSClient;
  readonly #machine: string;
  readonly #queue: string;
  readonly #taken = new Map<string, string>();

  /** @param machine made by `createTokenMachine` for that queue */
  constructor(clients: { readonly stepFunctions: SFNClient; readonly sqs: SQSClient }, machine: string, queue: string) {
    this.#stepFunctions = clients.stepFunctions;
    this.#sqs = clients.sqs;
    this.#machine = machine;
    this.#queue = queue;
  }

  /** A state machine that waits with a token, as a step does. */
  async waiting(): Promise<Waiting> {
    const started = await this.#stepFunctions.send(new StartExecutionCommand({ stateMachineArn: this.#machine }));
    const executionArn = started.executionArn ?? '';
    const token = await this.#tokenOf(executionArn);
    const heard = async (): Promise<Heard> => {
      const { status, output, error, cause } = await this.#stepFunctions.send(
        new DescribeExecutionCommand({ executionArn }),
      );
      if (status === 'RUNNING') return 'nothing yet';
      return status === 'SUCCEEDED'
        ? { output: JSON.parse(output ?? 'null') }
        : { error: error ?? '', cause: JSON.parse(cause ?? 'null') };
    };
    const answered = (milliseconds: number) => until(heard, (each) => each !== 'nothing yet', milliseconds);
    return {
      token,
      heard: () => answered(4_000),
      waits: async () => (await answered(250)) === 'nothing yet',
    };
  }

  /** Executions ask in any order, so tokens of others are kept for them. */
  async #tokenOf(executionArn: string): Promise<string> {
    const found = await until(
      async () => {
        const { Messages = [] } = await this.#sqs.send(
          new ReceiveMessageCommand({ QueueUrl: this.#queue, MaxNumberOfMessages: 10 }),
        );
        for (const { Body = '' } of Messages) {
          const { execution, token } = JSON.parse(Body);
          this.#taken.set(execution, token);
        }
        return this.#taken.get(executionArn);
      },
      (token) => token !== undefined,
      5_000,
    );
    return found ?? '';
  }
}

async function until<T>(ask: () => Promise<T>, good: (answer: T) => boolean, milliseconds: number): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (good(answer) || Date.now() > end) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
