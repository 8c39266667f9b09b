import { Lazy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { type IGrantable, type IPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { EmailIdentity } from 'aws-cdk-lib/aws-ses';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { undoMachineName } from '../asl/index.ts';
import {
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
import type { AtomContract } from './atom-contract.ts';
import {
  answerStatement,
  mailStatement,
  queueStatements,
  recordStatements,
  tableStatement,
} from './atom-permissions.ts';
import type { AtomProps, DependencyEndpoint } from './atom-props.ts';
import { AtomBase, type AtomReferenceProps, type IAtom, ReferencedAtom } from './atom-reference.ts';
import { codeOf } from './code.ts';
import { ANSWER_DEAD_LETTERS, DEAD_LETTER_RECEIVES, DEAD_LETTER_VISIBILITY_SECONDS } from './dead-letter-office.ts';
import { DeadLetterSource } from './dead-letter-source.ts';
import { BreakwaterSynthError } from './errors.ts';
import { beforeFunction, type ExistingFunctionProps } from './existing-function.ts';
import { hostingOf } from './hosting.ts';
import { LiveFunction } from './live-function.ts';
import { mark } from './mark.ts';
import type { Names } from './names.ts';
import type { IPlatform } from './platform-reference.ts';
import { checkReserved } from './reserved-concurrency.ts';
import { WorkQueue } from './work-queue.ts';

/**
 * One Lambda that honours one contract, with everything that a careful engineer would put around it: its queue and
 * dead-letter queue with an alarm, the alias `live`, times that follow from the contract, and a role that may do what
 * the contract says and no more.
 *
 * @example
 * const charge = new Atom(this, 'ChargePayment', {
 *   platform, contract: chargePayment, entry: 'lambda/charge-payment.ts',
 *   dependency: { url: 'https://api.example.com', key: '{{resolve:secretsmanager:payments}}' },
 * });
 * @throws BreakwaterSynthError where something that the contract needs is missing, or its queue may use all that is
 * reserved for it
 */
export class Atom extends AtomBase implements IGrantable {
  /** An atom that another stack has made. */
  static fromContract(scope: Construct, id: string, contract: AtomContract, props: AtomReferenceProps = {}): IAtom {
    return new ReferencedAtom(scope, id, contract, props);
  }

  /**
   * An existing Lambda function as an atom, as it is: it gets the step's input as its event and returns the output. A
   * small function before it keeps the step protocol (once under its key, checked by the contract, answered, settled),
   * and hands the step's idempotency key over in the client context, `context.clientContext.custom.idempotencyKey`.
   * An error that it throws under the name of a declared failure is that failure.
   *
   * @example
   * const quote = Atom.fromFunction(this, 'Quote', { platform, contract: quotePrice, function: existing });
   * @throws BreakwaterSynthError for a transaction, a schema that JSON Schema cannot say, or a function that may run
   * longer than its contract allows
   */
  static fromFunction(scope: Construct, id: string, props: ExistingFunctionProps): Atom {
    const atom = new Atom(scope, id, beforeFunction(scope, id, props));
    const resources = [props.function.functionArn];
    atom.allow(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources }));
    return atom;
  }

  readonly names: Names;
  readonly contract: AtomContract;
  readonly liveArn: string;
  readonly grantPrincipal: IPrincipal;
  override readonly queue?: IQueue;
  /** Where messages go that could not be processed. */
  readonly deadLetters?: IQueue;
  readonly #host: LiveFunction;
  readonly #platform: IPlatform;
  readonly #workflows = new Set<string>();
  readonly #answered = new Set<string>();

  constructor(scope: Construct, id: string, given: AtomProps) {
    super(scope, id);
    const { contract, platform } = given;
    const props = { ...given, ...platform.hosting, ...hostingOf(given) };
    const times = stepTimes(contract, platform.timeScale);
    this.contract = contract;
    this.#platform = platform;
    this.names = platform.names;
    mark(this, { kind: 'atom', name: contractId(contract) });
    const queued = isCalledDirectly(contract) ? undefined : this.#workQueue(props, times);
    this.#host = new LiveFunction(this, 'Lambda', {
      ...hostingOf(props),
      functionName: platform.names.atom(contract),
      description: `${contractId(contract)}: ${contract.summary}`,
      code: codeOf(this, props),
      timeoutSeconds: inSeconds(times.lambda),
      environment: { ...this.#environment(props, queued), ...props.environment },
      ...(props.memorySize ? { memorySize: props.memorySize } : {}),
      ...(props.reservedConcurrency ? { reservedConcurrency: props.reservedConcurrency } : {}),
    });
    this.liveArn = this.#host.alias.functionArn;
    this.grantPrincipal = this.#host.role;
    this.#grantUses(props);
    if (!queued) return;
    this.queue = queued.queue;
    this.deadLetters = queued.deadLetters;
    this.#receive(queued, props, times);
    platform.serveAtom(contract, props.encryptionKey);
    new DeadLetterSource(this, 'DeadLetters', { platform, contract, deadLetters: queued.deadLetters });
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
    const { contract, platform } = props;
    return new WorkQueue(this, 'Work', {
      ...hostingOf(props),
      queueName: platform.names.atom(contract),
      visibilitySeconds: inSeconds(times.visibility),
      operators: platform.operators,
      deadLetterDescription: `Dead letters of ${contractId(contract)} lie in their queue and nobody answers them: the platform's ${platform.names.of(ANSWER_DEAD_LETTERS)} fails, or its event source is disabled. Its log says why; they are answered as soon as it works again.`,
      deadLetterRedrive: {
        queue: platform.deadLetterDesk.unanswered,
        visibilitySeconds: DEAD_LETTER_VISIBILITY_SECONDS,
        maxReceiveCount: DEAD_LETTER_RECEIVES,
      },
    });
  }

  #environment(props: AtomProps, queued: WorkQueue | undefined): Record<string, string> {
    const { contract, platform } = props;
    const { dependency } = contract;
    return {
      ...(contract.effect.kind === 'pure' ? {} : { RECORDS_TABLE: platform.records.tableName }),
      ...(queued ? { QUEUE_URL: queued.queue.queueUrl, DEAD_LETTER_QUEUE_URL: queued.deadLetters.queueUrl } : {}),
      ...Object.fromEntries(
        this.#tables(props).map(({ use, table }) => [environmentNames.table(use.table.name), table.tableName]),
      ),
      ...(dependency ? this.#dependency(dependency.name, props.dependency) : {}),
      ...(sendsMail(contract) ? { [environmentNames.mailFrom]: this.#mailFrom(props) } : {}),
      ...(platform.timeScale === 1 ? {} : { BREAKWATER_TIME_SCALE: String(platform.timeScale) }),
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
    if (this.contract.effect.kind === 'pure') return;
    const { records } = this.#platform;
    for (const statement of recordStatements(this.contract, records.tableArn, partitions)) {
      this.#host.role.addToPolicy(statement);
      records.encryptionKey?.grantEncryptDecrypt(this.#host.role);
    }
  }

  #grantAnswers(): void {
    const machines = Lazy.list({
      produce: () =>
        [...this.#answered]
          .sort()
          .flatMap((name) => [name, undoMachineName(name)])
          .map((machine) => this.#platform.names.stateMachineArn(machine)),
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

const sendsMail = ({ uses }: AtomContract): boolean => uses.some(({ kind }) => kind === 'mail');

/** Whether the workflow waits for the atom with a token: not for a direct call, and not for a `send`. */
const waitsForAnswer = (plan: Plan, { name }: AtomContract): boolean =>
  [...nodesOf(plan.body)].some(
    (node) =>
      node.kind === 'step' && ((node.atom.name === name && !node.atom.calledDirectly) || node.undo?.name === name),
  );
