import { Lazy, Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { undoMachineName } from '../asl/index.ts';
import { defaults, inSeconds } from '../contract/index.ts';
import { alarmWhenNotEmpty } from './alarms.ts';
import type { AtomContract } from './atom-contract.ts';
import { itemStatement } from './atom-permissions.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import type { Names } from './names.ts';
import { LONGEST_RETENTION, queueSettings } from './work-queue.ts';

/** What an atom has to know of whoever answers its dead letters. */
export interface DeadLetterDesk {
  /** Of the alias `live` of the function that receives them. */
  readonly functionArn: string;
  /** Where a dead letter goes that this function could not deal with. */
  readonly unanswered: IQueue;
}

export interface DeadLetterOfficeProps extends FunctionHostingProps {
  readonly names: Names;
  /** The platform's answer-dead-letters, bundled. */
  readonly code: Code;
  /** Names of the workflows whose records and tokens it may reach. */
  readonly workflows: () => readonly string[];
  readonly records: ITable;
  /** Hears of dead letters, and of those that could not be dealt with. */
  readonly operators: ITopic;
  readonly timeScale: number;
}

/**
 * Answers the dead letters of all atoms: keeps each as a row, fails its token, tells the operators, and gives one that
 * was never attempted a second chance. What it cannot deal with in hours ends in `unanswered-dead-letters`, with an alarm.
 *
 * One function for all atoms, with an event source an atom, which the atom makes: $0.26 a month each, for Lambda's five
 * pollers of an idle queue; a function an atom would cost the same and be many. A dead letter itself costs next to
 * nothing: two writes of DynamoDB and what its body has, a read or two, a notification.
 */
export class DeadLetterOffice extends Construct implements DeadLetterDesk {
  readonly functionArn: string;
  readonly unanswered: IQueue;
  readonly #names: Names;
  readonly #key: IKey | undefined;
  readonly #role: LiveFunction['role'];
  readonly #atoms = new Map<string, AtomContract>();
  readonly #otherKeys = new Set<string>();

  constructor(scope: Construct, id: string, props: DeadLetterOfficeProps) {
    super(scope, id);
    const { names, code, records, operators, workflows, timeScale, encryptionKey } = props;
    this.#names = names;
    this.#key = encryptionKey;
    this.unanswered = this.#unansweredQueue(props);
    const { alias, role } = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName: names.of(ANSWER_DEAD_LETTERS),
      description: 'Answers the dead letters of all atoms, and keeps them for operators.',
      code,
      timeoutSeconds: ANSWERING_SECONDS,
      environment: {
        RECORDS_TABLE: records.tableName,
        OPERATORS_TOPIC_ARN: operators.topicArn,
        WORKFLOWS: Lazy.string({ produce: () => JSON.stringify(workflows()) }),
        EXECUTION_ARN_PREFIX: names.executionArnPrefix(),
        ...(timeScale === 1 ? {} : { BREAKWATER_TIME_SCALE: String(timeScale) }),
      },
    });
    this.functionArn = alias.functionArn;
    this.#role = role;
    for (const statement of [...this.#queues(), ...this.#answering(props)]) role.addToPolicy(statement);
    records.encryptionKey?.grantEncryptDecrypt(role);
    operators.masterKey?.grantEncryptDecrypt(role);
    encryptionKey?.grantEncryptDecrypt(role);
  }

  /**
   * Lets it receive the dead letters of an atom, and enqueue them once more.
   * @param encryptionKey of the atom's queues
   */
  serve(atom: AtomContract, encryptionKey: IKey | undefined): void {
    this.#atoms.set(this.#names.atom(atom), atom);
    if (!encryptionKey || encryptionKey === this.#key) return;
    if (this.#otherKeys.size === 0) this.#role.addToPolicy(this.#usingOtherKeys());
    this.#otherKeys.add(this.#names.queueArn(atom)).add(this.#names.deadLetterQueueArn(atom));
  }

  #queues(): readonly PolicyStatement[] {
    const lazily = (of: (atom: AtomContract) => string): string[] =>
      Lazy.list({ produce: () => [...this.#atoms.values()].map(of).sort() });
    return [
      new PolicyStatement({
        actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
        resources: lazily((atom) => this.#names.deadLetterQueueArn(atom)),
      }),
      new PolicyStatement({
        actions: ['sqs:GetQueueUrl', 'sqs:SendMessage'],
        resources: lazily((atom) => this.#names.queueArn(atom)),
      }),
    ];
  }

  #answering({ names, records, operators, workflows }: DeadLetterOfficeProps): readonly PolicyStatement[] {
    const partitions = Lazy.list({ produce: () => [...workflows(), 'dead-letters'].map((name) => `${name}:*`) });
    const machines = Lazy.list({
      produce: () =>
        workflows()
          .flatMap((name) => [name, undoMachineName(name)])
          .map((machine) => names.stateMachineArn(machine)),
    });
    return [
      itemStatement(['GetItem', 'PutItem'], records.tableArn, partitions),
      new PolicyStatement({ actions: ['states:SendTaskFailure'], resources: machines }),
      new PolicyStatement({ actions: ['sns:Publish'], resources: [operators.topicArn] }),
    ];
  }

  /**
   * Keys of other stacks, by what they encrypt: naming the key would tie the platform's stack to the atom's, which is
   * tied to the platform's already.
   */
  #usingOtherKeys(): PolicyStatement {
    const { region } = Stack.of(this);
    return new PolicyStatement({
      actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
      resources: [Stack.of(this).formatArn({ service: 'kms', resource: 'key', resourceName: '*' })],
      conditions: {
        StringEquals: {
          'kms:ViaService': `sqs.${region}.amazonaws.com`,
          'kms:EncryptionContext:aws:sqs:arn': Lazy.list({ produce: () => [...this.#otherKeys].sort() }),
        },
      },
    });
  }

  #unansweredQueue(props: DeadLetterOfficeProps): Queue {
    const queueName = props.names.of(UNANSWERED);
    const queue = new Queue(this, 'Unanswered', {
      ...queueSettings(props),
      queueName,
      retentionPeriod: LONGEST_RETENTION,
    });
    alarmWhenNotEmpty(this, 'UnansweredAlarm', queue, {
      alarmName: queueName,
      alarmDescription: `Dead letters of atoms could not be dealt with in ${DEAD_LETTER_RECEIVES} deliveries over hours: the log of ${props.names.of(ANSWER_DEAD_LETTERS)} says why. Some may be kept and told of already, done again it changes nothing: mend the cause and move them back to the dead-letter queue of their atom.`,
      operators: props.operators,
    });
    return queue;
  }
}

export const ANSWER_DEAD_LETTERS = 'answer-dead-letters';
const UNANSWERED = 'unanswered-dead-letters';

const ANSWERING_SECONDS = inSeconds(defaults.serviceCallTimeout);

/** For how long a dead letter that is being dealt with is hidden from others. */
export const DEAD_LETTER_VISIBILITY_SECONDS = defaults.visibilityFactor * ANSWERING_SECONDS;

/** With a visibility of three minutes these are five hours: longer than a disturbance of DynamoDB or Step Functions. */
export const DEAD_LETTER_RECEIVES = 100;
