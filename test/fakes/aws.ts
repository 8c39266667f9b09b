/**
 * AWS at the one boundary where all of it passes: `client.send(command)`. It keeps the commands and gives the answer
 * that a test has set for a kind of command, an empty one otherwise. It knows nothing of what AWS would do: conditions,
 * tokens and visibility are played by the emulator (test/emulator), not here.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, jest } from '@jest/globals';

export interface Call {
  /** `PutItem`, `SendTaskSuccess` … */
  readonly name: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at the fields that they know of
  readonly input: any;
}

type Answer = (input: Call['input'], call: number) => unknown;

export class FakeAws {
  #calls: Call[] = [];
  #answers = new Map<string, Answer>();

  /** Sets what a kind of command gives from now on; a thrown error is what the client would throw. */
  answer(name: string, answer: Answer): void {
    this.#answers.set(name, answer);
  }

  /** The commands so far, of one kind or all. */
  calls(name?: string): readonly Call[] {
    return this.#calls.filter((call) => name === undefined || call.name === name);
  }

  inputs(name: string): readonly Call['input'][] {
    return this.calls(name).map(({ input }) => input);
  }

  /** Forgets what was sent so far; the answers stay. */
  forget(): void {
    this.#calls = [];
  }

  reset(): void {
    this.#calls = [];
    this.#answers = new Map();
  }

  async send(command: { readonly input: unknown; readonly constructor: { readonly name: string } }): Promise<unknown> {
    const name = command.constructor.name.replace(/Command$/, '');
    this.#calls.push({ name, input: command.input });
    return (await this.#answers.get(name)?.(command.input, this.inputs(name).length)) ?? {};
  }
}

const CLIENTS = [DynamoDBClient, EventBridgeClient, SESv2Client, SFNClient, SNSClient, SQSClient, SSMClient];

/** Puts the fake in the place of AWS for each test of a file. */
export function fakeAws(): FakeAws {
  const aws = new FakeAws();
  beforeEach(() => {
    aws.reset();
    for (const { prototype } of CLIENTS as unknown as readonly { prototype: { send: FakeAws['send'] } }[]) {
      jest.spyOn(prototype, 'send').mockImplementation((command) => aws.send(command));
    }
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  return aws;
}

/** An error as the SDK throws it: what callers look at is its name. */
export const awsError = (name: string, message = name): Error => Object.assign(new Error(message), { name });
