import { type AnyContract, contract, contractId, minutes, pure, type Schema } from '../../contract/index.ts';
import { serve } from '../../runtime/index.ts';
import {
  AtomTestError,
  exhaust,
  type Finding,
  type PlayedRequest,
  type SimulationDefinition,
} from '../../simulation/index.ts';
import { type Workflow, workflow } from '../../workflow/index.ts';
import type { ProviderReply, Surroundings } from '../outside.ts';
import type { RunnableAtom } from '../step-run.ts';
import { adviceFor } from './advice.ts';
import type { ExactnessError } from './exactness-error.ts';
import { nothingWrong, type Promised, restored } from './invariants.ts';
import { answerOf, type Playing, played } from './played.ts';
import { Notes, watched } from './watched.ts';
import { WatchedSimulation } from './watched-simulation.ts';

/** One input of an atom, in a workflow of one step. */
export interface TrialDefinition {
  readonly atom: RunnableAtom;
  /** Its compensation: the order is then declined after the step. */
  readonly undo?: RunnableAtom | undefined;
  readonly input: unknown;
  readonly promised: Promised;
  /** What the provider answers where the test does not say. */
  readonly answer: ProviderReply;
  readonly surroundings: Surroundings & Playing;
  readonly now?: Date | undefined;
  /** Attributes that an undo may leave otherwise than they were. */
  readonly mayDiffer: readonly string[];
}

/** A workflow of one step around an atom, in virtual time. */
export class Trial extends WatchedSimulation {
  readonly #contracts: readonly AnyContract[];

  constructor(definition: TrialDefinition) {
    const { atom, undo } = definition;
    const notes = new Notes();
    super(simulated(definition, notes), notes);
    this.#contracts = [atom.contract, ...(undo ? [undo.contract] : [])];
  }

  /**
   * Runs it under every single fault, and under pairs spread evenly over all of them.
   * @param pairs how many, more or less
   * @throws ExactnessError for the first run in which something is wrong
   */
  async exhaust(pairs: number): Promise<void> {
    const { schedules, findings } = await exhaust(this, { depth: 'singles', findings: 1 });
    if (findings[0]) throw await this.#error(findings[0]);
    if (pairs === 0) return;
    // Of n faults there are about n * n / 2 pairs, and as many again in what first faults lead to.
    const every = Math.ceil((schedules * schedules) / pairs);
    const deeper = await exhaust(this, { depth: 'pairs', every, findings: 1 });
    if (deeper.findings[0]) throw await this.#error(deeper.findings[0]);
  }

  #error(found: Finding): Promise<ExactnessError> {
    return this.explained(found, {
      subject: this.#contracts.map(contractId).join(' with '),
      adviceOn: (invariant) => adviceFor(invariant, this.#contracts[0]),
    });
  }
}

function simulated(definition: TrialDefinition, notes: Notes): SimulationDefinition {
  const { atom, undo, input, promised, answer, surroundings, now, mayDiffer } = definition;
  const { tables = {}, aws = {}, environment = {} } = surroundings;
  const contracts = [atom.contract, ...(undo ? [undo.contract] : [])];
  const keys = Object.fromEntries(
    contracts.flatMap(({ uses }) =>
      uses.flatMap((use) =>
        use.kind === 'table'
          ? [[use.table.name, [use.table.partitionKey, ...(use.table.sortKey ? [use.table.sortKey] : [])]] as const]
          : [],
      ),
    ),
  );
  return {
    workflow: trial(atom.contract, undo?.contract, promised),
    atoms: [...[atom, ...(undo ? [undo] : [])].map((each) => watched(each, notes, now)), refusing],
    paths: { order: () => input },
    providers: providers(contracts, surroundings, answer),
    tables,
    aws,
    environment,
    invariants: [nothingWrong(promised), ...(undo ? [restored(tables, keys, mayDiffer)] : [])],
  };
}

/** Step and undo may have the same provider: it answers each as its own contract asks for. */
function providers(contracts: readonly AnyContract[], playing: Playing, answer: ProviderReply) {
  const [of, undo] = contracts;
  const answers = (request: PlayedRequest): ProviderReply =>
    undo && request.step?.endsWith('~undo') ? answerOf(undo, request) : answer;
  const names = new Set(contracts.flatMap(({ dependency }) => (dependency ? [dependency.name] : [])));
  return [...names].map((name) => {
    const contract = of?.dependency?.name === name ? of : undo;
    return played(contract as AnyContract, playing, answers);
  });
}

/** A workflow of one step; to have it undone, another step after it declares a failure. */
function trial(contract: AnyContract, undo: AnyContract | undefined, promised: Promised): Workflow {
  const stepped = workflow(`try-${contract.name}`, contract.input, {
    version: '1.0.0',
    deadline: minutes(15),
    slo: { availability: 0.99 },
  }).step('step', contract as never, ({ input }) => input as never, (undo ? { undo } : {}) as never);
  const whole = promised === 'undone' ? stepped.step('later', refuse, () => ({})) : stepped;
  return whole.returns(({ step }) => step as never) as Workflow;
}

const anything: Schema = { '~standard': { version: 1, vendor: 'breakwater', validate: (value) => ({ value }) } };

const refuse = contract({
  name: 'refuse',
  version: '1.0.0',
  summary: 'Declares a failure, so that what was done before it is undone.',
  input: anything,
  output: anything,
  failures: { Refused: anything },
  effect: pure,
});

const refusing = serve(refuse, (_, { fail }) => fail('Refused', {}));

/** @throws AtomTestError when the compensation is not that of the atom */
export function checkPair(atom: AnyContract, undo: AnyContract): void {
  const { undoes } = undo;
  if (undoes?.name === atom.name) return;
  throw new AtomTestError(
    `${contractId(undo)} undoes ${undoes ? contractId(undoes) : 'nothing'}, not ${contractId(atom)}. Pass what serve() made of compensation(${atom.name}, …).`,
  );
}
