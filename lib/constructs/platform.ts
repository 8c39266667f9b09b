import { Annotations, Lazy } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type AtomName, inspectExecution, parkSteps } from '../asl/index.ts';
import { isCalledDirectly } from '../contract/index.ts';
import type { AtomUse, Plan } from '../workflow/index.ts';
import { Atom } from './atom.ts';
import type { AtomContract } from './atom-contract.ts';
import { itemStatement } from './atom-permissions.ts';
import { ANSWER_DEAD_LETTERS, DeadLetterOffice } from './dead-letter-office.ts';
import { type FunctionHostingProps, hostingOf } from './hosting.ts';
import { mark } from './mark.ts';
import { Names } from './names.ts';
import { operatorsTopic } from './operators-topic.ts';
import type { IPlatform } from './platform-reference.ts';
import { prebuilt } from './prebuilt.ts';
import { RecordsTable } from './records-table.ts';
import { ResultKeeper } from './result-keeper.ts';
import { Sweeper } from './sweeper.ts';
import { UndoStarter } from './undo-starter.ts';

/** What is set here, the atoms and workflows that use the platform inherit. */
export interface PlatformProps extends FunctionHostingProps {
  /**
   * Stands before every physical name, such as `shop-` or `staging-`. Needed where one account and region holds more
   * than one platform. Left out, nothing.
   */
  readonly prefix?: string;
  /**
   * An existing table for the steps' records: partition key `execution`, sort key `step` (texts), time to live
   * `expiry`, an index `parked` by `parkedIn` and `parkedAt`. Left out, a `RecordsTable` is made when one is needed.
   */
  readonly records?: ITable;
  /** Hears of alarms, dead letters and parked steps. Left out, a topic is made; subscribe somebody to it. */
  readonly operators?: ITopic;
  /** Carries domain events. Left out, one is made when a workflow publishes an event or is started by one. */
  readonly bus?: IEventBus;
  /** Shortens every time for tests; see `scaled`. Left out, 1. */
  readonly timeScale?: number;
  /** The code of the platform's own Lambdas, by name. Left out, what this package ships. */
  readonly code?: (name: string) => Code;
}

/**
 * What workflows and atoms share: the steps' records, the operators' topic, the platform's own Lambdas. Each is made
 * when something needs it, and not before.
 *
 * @example
 * const platform = new Platform(this, 'Breakwater', { encryptionKey });
 * const stock = new Atom(this, 'ReserveStock', { platform, contract: reserveStock, entry: 'lambda/reserve-stock.ts' });
 * new Workflow(this, 'PlaceOrder', { platform, workflow: placeOrder, atoms: [stock] });
 */
export class Platform extends Construct implements IPlatform {
  readonly names: Names;
  readonly hosting: FunctionHostingProps;
  readonly timeScale: number;
  readonly #props: PlatformProps;
  readonly #plans: Plan[] = [];
  /** Those of them whose ends are kept. */
  readonly #kept: Plan[] = [];
  readonly #atoms = new Map<string, Atom>();
  #undoStarter: UndoStarter | undefined;
  #resultKeeper: ResultKeeper | undefined;
  #deadLetterOffice: DeadLetterOffice | undefined;
  #sweeper: Sweeper | undefined;
  #records: ITable | undefined;
  #operators: ITopic | undefined;
  #bus: IEventBus | undefined;

  constructor(scope: Construct, id: string, props: PlatformProps = {}) {
    super(scope, id);
    this.#props = props;
    this.names = new Names(this, props.prefix);
    this.hosting = hostingOf(props);
    this.timeScale = props.timeScale ?? 1;
    this.#records = props.records;
    this.#operators = props.operators;
    this.#bus = props.bus;
    warnOfImportedKey(this, props.encryptionKey);
    mark(this, { kind: 'platform', name: this.names.of('breakwater') });
  }

  get records(): ITable {
    this.#records ??= new RecordsTable(this, 'Records', this.hosting) as ITable;
    return this.#records;
  }

  get operators(): ITopic {
    this.#operators ??= operatorsTopic(this, this.names.of('breakwater-operators'), this.hosting);
    return this.#operators;
  }

  get bus(): IEventBus {
    this.#bus ??= new EventBus(this, 'Bus', {
      eventBusName: this.names.of('breakwater'),
      description: 'Domain events: they start workflows, and workflows publish them.',
    }) as IEventBus;
    return this.#bus;
  }

  get undoQueue(): IQueue {
    return this.#startingUndos().queue;
  }

  get resultQueue(): IQueue {
    return this.#keepingResults().queue;
  }

  get deadLetterDesk(): DeadLetterOffice {
    this.#deadLetterOffice ??= new DeadLetterOffice(this, 'AnswerDeadLetters', {
      ...this.hosting,
      names: this.names,
      code: this.#code(ANSWER_DEAD_LETTERS),
      workflows: this.#workflows,
      records: this.records,
      operators: this.operators,
      timeScale: this.timeScale,
    });
    return this.#deadLetterOffice;
  }

  atom({ name }: AtomName): Atom | undefined {
    const contract = OWN_ATOMS.get(name);
    if (!contract) return undefined;
    const made = this.#atoms.get(name) ?? this.#makeAtom(contract);
    this.#atoms.set(name, made);
    return made;
  }

  serveAtom(atom: AtomContract, encryptionKey?: IKey): void {
    if (!isCalledDirectly(atom)) this.deadLetterDesk.serve(atom, encryptionKey);
  }

  serveWorkflow(plan: Plan, { keepResults }: { readonly keepResults: boolean }): void {
    this.#plans.push(plan);
    this.#startingUndos();
    const sweeper = this.#sweeping();
    if (keepResults) {
      this.#kept.push(plan);
      this.#keepingResults();
      sweeper.readResults(plan.name);
    }
    for (const atom of this.#atoms.values()) atom.serveWorkflow(plan);
  }

  #startingUndos(): UndoStarter {
    this.#undoStarter ??= new UndoStarter(this, 'StartUndo', {
      ...this.hosting,
      names: this.names,
      code: this.#code('start-undo'),
      workflows: this.#workflows,
      operators: this.operators,
    });
    return this.#undoStarter;
  }

  #keepingResults(): ResultKeeper {
    this.#resultKeeper ??= new ResultKeeper(this, 'KeepResult', {
      ...this.hosting,
      names: this.names,
      code: this.#code('keep-result'),
      workflows: () => namesOf(this.#kept),
      records: this.records,
      operators: this.operators,
    });
    return this.#resultKeeper;
  }

  #sweeping(): Sweeper {
    this.#sweeper ??= new Sweeper(this, 'SweepExecutions', {
      ...this.hosting,
      names: this.names,
      code: this.#code('sweep-executions'),
      workflows: this.#workflows,
      records: this.records,
      operators: this.operators,
    });
    return this.#sweeper;
  }

  readonly #workflows = (): readonly string[] => namesOf(this.#plans);

  #code(name: string): Code {
    return this.#props.code?.(name) ?? prebuilt(name);
  }

  #makeAtom(contract: AtomContract): Atom {
    const parks = contract.name === parkSteps.name;
    const atom = new Atom(this, contract.name, {
      platform: this,
      contract,
      code: this.#code(contract.name),
      ...(parks ? { environment: { OPERATORS_TOPIC_ARN: this.operators.topicArn } } : {}),
    });
    for (const plan of this.#plans) atom.serveWorkflow(plan);
    for (const statement of parks ? this.#parking(atom) : this.#inspecting()) atom.allow(statement);
    return atom;
  }

  #parking(atom: Atom): readonly PolicyStatement[] {
    this.operators.masterKey?.grantEncryptDecrypt(atom);
    return [
      itemStatement(
        ['PutItem'],
        this.records.tableArn,
        this.#lazily((name) => `${name}:*`),
      ),
      new PolicyStatement({ actions: ['sns:Publish'], resources: [this.operators.topicArn] }),
    ];
  }

  #inspecting(): readonly PolicyStatement[] {
    const resources = this.#lazily((name) => this.names.executionArns(name));
    return [new PolicyStatement({ actions: ['states:DescribeExecution', 'states:GetExecutionHistory'], resources })];
  }

  /** Something of each workflow, of those too that are still to come. */
  #lazily(of: (workflow: string) => string): string[] {
    return Lazy.list({ produce: () => this.#workflows().map(of) });
  }
}

/** A key of another app has a policy that nothing here can change. */
function warnOfImportedKey(scope: Construct, key: IKey | undefined): void {
  if (!key || key instanceof Key) return;
  Annotations.of(scope).addWarningV2(
    'breakwater:imported-key',
    'The encryption key is imported, so that its policy cannot be changed here. It has to let events.amazonaws.com, cloudwatch.amazonaws.com and logs.<region>.amazonaws.com of this account encrypt and decrypt (kms:Decrypt, kms:GenerateDataKey*): else undo events, alarms and logs are lost.',
  );
}

const namesOf = (plans: readonly Plan[]): readonly string[] => [...new Set(plans.map(({ name }) => name))].sort();

/** What a construct has to know of the platform's atoms. Their schemas stand beside their handlers. */
const OWN_ATOMS: ReadonlyMap<string, AtomContract> = new Map(
  [
    own(parkSteps, 'Keeps what could not be done as rows for an operator, and tells the operators.'),
    own(inspectExecution, 'Says of an execution that ended whether it was begun again, and how far it got.'),
  ].map((contract) => [contract.name, contract]),
);

function own({ name, version, effect, timeout }: AtomUse, summary: string): AtomContract {
  return { name, version, effect, timeout, summary, failures: {}, uses: [] };
}
