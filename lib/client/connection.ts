import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { type DeployedWorkflow, findWorkflow } from '../operations/executions.ts';
import { type AwsClients, type ConnectionOptions, LazyClients } from './aws.ts';
import { Pace } from './pace.ts';
import { EndWatch } from './watch.ts';

/** What the clients of one process share that talk to the same place. */
export class Connection {
  readonly clients: AwsClients;
  readonly watch: EndWatch;
  /** Of the platform that the workflows are deployed with. */
  readonly prefix: string;
  readonly #addresses = new Map<string, Promise<DeployedWorkflow>>();
  #paced: SFNClient | undefined;

  constructor(clients: AwsClients, prefix = '') {
    this.clients = clients;
    this.prefix = prefix;
    this.watch = new EndWatch(clients, describing);
  }

  /** Step Functions, but each DescribeExecution waits for its turn, whoever asks. */
  get stepFunctions(): SFNClient {
    this.#paced ??= inTurn(this.clients.stepFunctions, describing);
    return this.#paced;
  }

  /**
   * Does something with a workflow's address, which is looked up once. If what it names is gone, the workflow may have
   * been deployed anew: it is looked up again, and tried once more.
   */
  async at<T>(workflow: string, work: (address: DeployedWorkflow) => Promise<T>): Promise<T> {
    const address = await this.#find(workflow);
    try {
      return await work(address);
    } catch (error) {
      if (!isGone(error)) throw error;
      this.#addresses.delete(workflow);
      return work(await this.#find(workflow));
    }
  }

  #find(workflow: string): Promise<DeployedWorkflow> {
    const known = this.#addresses.get(workflow);
    if (known) return known;
    const found = findWorkflow(this.clients.ssm, `${this.prefix}${workflow}`);
    this.#addresses.set(workflow, found);
    found.catch(() => this.#addresses.delete(workflow));
    return found;
  }
}

/** The connection for some options, the same one for the same options. */
export function connect(options: ConnectionOptions): Connection {
  const { clients, region, endpoint, prefix } = options;
  if (clients) {
    const ofThese = keptIn(byClients, clients, () => new Map<string, Connection>());
    return keptIn(ofThese, prefix ?? '', () => new Connection(clients, prefix));
  }
  const place = JSON.stringify([region, endpoint, prefix]);
  return keptIn(byPlace, place, () => new Connection(new LazyClients(options), prefix));
}

const byClients = new WeakMap<AwsClients, Map<string, Connection>>();
const byPlace = new Map<string, Connection>();

function keptIn<K, V>(all: { get(key: K): V | undefined; set(key: K, value: V): unknown }, key: K, make: () => V): V {
  const known = all.get(key);
  if (known) return known;
  const made = make();
  all.set(key, made);
  return made;
}

/**
 * DescribeExecution is given back 10 to 15 calls a second in a whole account ("Quotas", Step Functions developer guide),
 * which other processes and the console want too. All clients of this process share these.
 */
const describing = new Pace(5);

const inTurn = (client: SFNClient, pace: Pace): SFNClient =>
  new Proxy(client, {
    get: (target, key) => {
      if (key !== 'send') return Reflect.get(target, key);
      return async (command: DescribeExecutionCommand, ...rest: []) => {
        if (command instanceof DescribeExecutionCommand) await pace.turn();
        return target.send(command, ...rest);
      };
    },
  });

const isGone = (error: unknown): boolean => error instanceof Error && GONE.has(error.name);

const GONE = new Set([
  'StateMachineDoesNotExist',
  'StateMachineDeleting',
  'ResourceNotFound',
  'ResourceNotFoundException',
]);
