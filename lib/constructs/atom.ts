import { Lazy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { EmailIdentity, type IEmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { undoMachineName } from '../asl/index.ts';
import {
  type AnyContract,
  contractId,
  defaults,
  environmentNames,
  inSeconds,
  isCalledDirectly,
  type StepTimes,
  stepTimes,
  type TableUse,
} from '../contract/index.ts';
import { nodesOf, type Plan } from '../workflow/index.ts';
import {
  answerStatement,
  mailStatement,
  queueStatements,
  recordStatements,
  tableStatement,
} from './atom-permissions.ts';
import { AtomBase, type AtomReferenceProps, type IAtom, ReferencedAtom } from './atom-reference.ts';
import { BreakwaterSynthError } from './errors.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { functionNameOf, queueNameOf, stateMachineArnOf } from './names.ts';
import { checkReserved } from './reserved-concurrency.ts';
import { WorkQueue } from './work-queue.ts';

/** Where a provider answers, and what it lets us in with. */
export interface DependencyEndpoint {
  readonly url: string;
  /** May be a dynamic reference to a secret, `{{resolve:secretsmanager:…}}`. */
  readonly key: string;
}

export interface AtomProps extends FunctionHostingProps {
  readonly contract: AnyContract;
  /** The bundled handler. */
  readonly code: Code;
  /** Keeps the steps' records: partition key `execution`, sort key `step`. */
  readonly records: ITable;
  /** Hears of dead letters. */
  readonly operators: ITopic;
  /** The tables that the contract uses, by name. Required for each that it names. */
  readonly tables?: Readonly<Record<string, ITable>>;
  /** The provider that the contract depends on. Required if it names one. */
  readonly dependency?: DependencyEndpoint;
  /** The address that mail comes from. Required if the contract sends mail. */
  readonly mailFrom?: string;
  /** SES's identity of that address or of its domain. Left out, that of the address. */
  readonly mailIdentity?: IEmailIdentity;
  /** Batches that run at a time, 2 to 1,000: a slow dependency can't drain the account. Left out, ten. */
  readonly maxConcurrency?: number;
  /** More than `maxConcurrency`, so that settling is never kept waiting by the atom's own backlog. Left out, none. */
  readonly reservedConcurrency?: number;
  /** MiB. Left out, 512. */
  readonly memorySize?: number;
  /** More environment variables for the handler. Left out, none. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Shortens every time for tests; see `scaled`. Left out, 1. */
  readonly timeScale?: number;
}

/**
 * One Lambda that honours one contract, with everything that a careful engineer would put around it: its queue and
 * dead-letter queue with an alarm, the alias `live`, times that follow from the contract, and a role that may do what
 * the contract says and no more.
 *
 * @example
 * const charge = new Atom(this, 'ChargePayment', {
 *   contract: chargePayment, code: Code.fromAsset('build/lambdas/charge-payment'),
 *   records, operators, dependency: { url: 'https://api.example.com', key: '{{resolve:secretsmanager:payments}}' },
 * });
 * @throws BreakwaterSynthError where something that the contract needs is missing, or its queue may use all that is
 * reserved for it
 */
export class Atom extends AtomBase {
  /** An atom that another stack has made. */
  static fromContract(scope: Construct, id: string, contract: AnyContract, props: AtomReferenceProps = {}): IAtom {
    return new ReferencedAtom(scope, id, contract, props);
  }

  readonly contract: AnyContract;
  readonly liveArn: string;
  override readonly queue?: IQueue;
  /** Where messages go that could not be processed. */
  readonly deadLetters?: IQueue;
  readonly #host: LiveFunction;
  readonly #records: ITable;
  readonly #workflows = new Set<string>();
  readonly #answered = new Set<string>();

  constructor(scope: Construct, id: string, props: AtomProps) {
    super(scope, id);
    const { contract } = props;
    const times = stepTimes(contract, props.timeScale ?? 1);
    this.contract = contract;
    this.#records = props.records;
    const queued = isCalledDirectly(contract) ? undefined : this.#workQueue(props, times);
    this.#host = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName: functionNameOf(contract),
      description: `${contractId(contract)}: ${contract.summary}`,
      code: props.code,
      timeoutSeconds: inSeconds(times.lambda),
      environment: { ...this.#environment(props, queued), ...props.environment },
      ...(props.memorySize ? { memorySize: props.memorySize } : {}),
      ...(props.reservedConcurrency ? { reservedConcurrency: props.reservedConcurrency } : {}),
    });
    this.liveArn = this.#host.alias.functionArn;
    this.#grantUses(props);
    if (!queued) return;
    this.queue = queued.queue;
    this.deadLetters = queued.deadLetters;
    this.#receive(queued, props, times);
  }

  override serveWorkflow(plan: Plan): void {
    if (this.#workflows.size === 0) this.#grantRecords();
    this.#workflows.add(plan.name);
    if (!waitsForAnswer(plan, this.contract)) return;
    if (this.#answered.size === 0) this.#grantAnswers();
    this.#answered.add(plan.name);
  }

  /** Lets its handler do more than its contract says: for the platform's own atoms. */
  allow(statement: PolicyStatement): void {
    this.#host.role.addToPolicy(statement);
  }

  #workQueue(props: AtomProps, times: StepTimes): WorkQueue {
    const { contract } = props;
    return new WorkQueue(this, 'Work', {
      ...hostingOf(props),
      queueName: queueNameOf(contract),
      visibilitySeconds: inSeconds(times.visibility),
      operators: props.operators,
      deadLetterDescription: `${contractId(contract)} could not process a message in ${defaults.receives} deliveries, or was given a malformed one. The order that it belongs to settles and undoes the step by itself; look into the message for the reason.`,
    });
  }

  #environment(props: AtomProps, queued: WorkQueue | undefined): Record<string, string> {
    const { contract, records, timeScale = 1 } = props;
    const { dependency } = contract;
    return {
      ...(contract.effect.kind === 'pure' ? {} : { RECORDS_TABLE: records.tableName }),
      ...(queued ? { QUEUE_URL: queued.queue.queueUrl, DEAD_LETTER_QUEUE_URL: queued.deadLetters.queueUrl } : {}),
      ...Object.fromEntries(
        this.#tables(props).map(({ use, table }) => [environmentNames.table(use.table.name), table.tableName]),
      ),
      ...(dependency ? this.#dependency(dependency.name, props.dependency) : {}),
      ...(sendsMail(contract) ? { [environmentNames.mailFrom]: this.#mailFrom(props) } : {}),
      ...(timeScale === 1 ? {} : { BREAKWATER_TIME_SCALE: String(timeScale) }),
    };
  }

  #dependency(name: string, endpoint: DependencyEndpoint | undefined): Record<string, string> {
    if (!endpoint) throw this.#missing(`depends on ${name}`, 'dependency: { url, key }');
    return {
      [environmentNames.dependencyUrl(name)]: endpoint.url,
      [environmentNames.dependencyKey(name)]: endpoint.key,
    };
  }

  #mailFrom({ mailFrom }: AtomProps): string {
    if (!mailFrom) throw this.#missing('sends mail', "mailFrom: 'orders@example.com'");
    return mailFrom;
  }

  #tables({ contract, tables = {} }: AtomProps): readonly { readonly use: TableUse; readonly table: ITable }[] {
    return contract.uses.flatMap((use) => {
      if (use.kind !== 'table') return [];
      const table = tables[use.table.name];
      if (!table) throw this.#missing(`uses the table "${use.table.name}"`, `tables: { '${use.table.name}': … }`);
      return [{ use, table }];
    });
  }

  #grantUses(props: AtomProps): void {
    const { role } = this.#host;
    for (const { use, table } of this.#tables(props)) {
      role.addToPolicy(tableStatement(use, table.tableArn));
      table.encryptionKey?.grantEncryptDecrypt(role);
    }
    if (!sendsMail(props.contract)) return;
    const identity =
      props.mailIdentity ?? EmailIdentity.fromEmailIdentityName(this, 'MailIdentity', this.#mailFrom(props));
    role.addToPolicy(mailStatement(identity.emailIdentityArn));
  }

  #grantRecords(): void {
    const partitions = Lazy.list({ produce: () => [...this.#workflows].sort().map((name) => `${name}:*`) });
    for (const statement of recordStatements(this.contract, this.#records.tableArn, partitions)) {
      this.#host.role.addToPolicy(statement);
      this.#records.encryptionKey?.grantEncryptDecrypt(this.#host.role);
    }
  }

  #grantAnswers(): void {
    const machines = Lazy.list({
      produce: () =>
        [...this.#answered]
          .sort()
          .flatMap((name) => [stateMachineArnOf(this, name), stateMachineArnOf(this, undoMachineName(name))]),
    });
    this.#host.role.addToPolicy(answerStatement(machines));
  }

  #receive({ queue, deadLetters }: WorkQueue, props: AtomProps, times: StepTimes): void {
    const maxConcurrency = props.maxConcurrency ?? defaults.maxConcurrency;
    checkReserved(this, this.contract, maxConcurrency, props.reservedConcurrency);
    for (const statement of queueStatements(queue.queueArn, deadLetters.queueArn)) {
      this.#host.role.addToPolicy(statement);
    }
    props.encryptionKey?.grantEncryptDecrypt(this.#host.role);
    this.#host.alias.addEventSourceMapping('Queue', {
      eventSourceArn: queue.queueArn,
      batchSize: times.batchSize,
      reportBatchItemFailures: true,
      maxConcurrency,
    });
  }

  #missing(why: string, prop: string): BreakwaterSynthError {
    return new BreakwaterSynthError(this, `${contractId(this.contract)} ${why}. Pass ${prop} to its Atom.`);
  }
}

const sendsMail = ({ uses }: AnyContract): boolean => uses.some(({ kind }) => kind === 'mail');

/** Whether the workflow waits for the atom with a token: not for a direct call, and not for a `send`. */
const waitsForAnswer = (plan: Plan, { name }: AnyContract): boolean =>
  [...nodesOf(plan.body)].some(
    (node) =>
      node.kind === 'step' && ((node.atom.name === name && !node.atom.calledDirectly) || node.undo?.name === name),
  );
