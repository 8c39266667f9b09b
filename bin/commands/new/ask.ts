import type * as Prompts from '@inquirer/prompts';
import {
  type AtomRequest,
  checkNewAtom,
  checkNewWorkflow,
  chooseDomain,
  type EffectName,
  objectOf,
  type Project,
  plural,
  ScaffoldError,
  stepAtoms,
  undoableAtoms,
  type WorkflowRequest,
} from '../../../lib/scaffold/index.ts';

/** The questions that are asked here; a test answers them. */
export type Asked = Pick<typeof Prompts, 'checkbox' | 'input' | 'select'>;

/** Asks for what was not said of an atom. @throws ScaffoldError if whoever is asked goes away */
export async function askAtom(project: Project, given: Partial<AtomRequest>, asked?: Asked): Promise<AtomRequest> {
  return answered(asked, async (prompts) => {
    const name = given.name ?? (await askName(prompts, 'atom', 'award-points', (text) => checkNewAtom(project, text)));
    const kind = given.undoes === undefined && isOpen(given) ? await askEffect(prompts, project) : undefined;
    const undoes = given.undoes ?? (kind === 'undo' ? await askUndone(prompts, project) : undefined);
    const effect = given.effect ?? (kind === 'undo' ? undefined : kind);
    const domain = given.domain ?? (undoes === undefined ? await askDomain(prompts, project, 'lambdas') : undefined);
    const here = project.domains.get(domain ?? '');
    const table =
      given.table ??
      (effect === 'transaction' && undoes === undefined
        ? await askNamed(
            prompts,
            'Which table does it write?',
            here?.tables.map(({ value }) => value.name) ?? [],
            plural(objectOf(name)),
          )
        : undefined);
    const dependency =
      given.dependency ??
      ((effect === 'keyed' || effect === 'lookup') && undoes === undefined
        ? await askNamed(
            prompts,
            'Which provider does it ask?',
            here?.dependencies.map(({ value }) => value.name) ?? [],
            `${objectOf(name)}-provider`,
          )
        : undefined);
    return { ...given, name, ...said({ undoes, effect, domain, table, dependency }) };
  });
}

/** Asks for what was not said of a workflow. @throws ScaffoldError if whoever is asked goes away */
export async function askWorkflow(
  project: Project,
  given: Partial<WorkflowRequest>,
  asked?: Asked,
): Promise<WorkflowRequest> {
  return answered(asked, async (prompts) => {
    const name =
      given.name ?? (await askName(prompts, 'workflow', 'book-seat', (text) => checkNewWorkflow(project, text)));
    const domain = given.domain ?? (await askDomain(prompts, project, 'state-machines'));
    const atoms = given.atoms ?? (await askAtoms(prompts, project));
    const event = given.event ?? (atoms === undefined ? undefined : await askEvent(prompts, project, domain, name));
    return { ...given, name, domain, ...said({ atoms, event }) };
  });
}

const isOpen = ({ effect, table, dependency }: Partial<AtomRequest>): boolean =>
  effect === undefined && table === undefined && dependency === undefined;

/** Loaded when somebody is asked. */
async function answered<T>(asked: Asked | undefined, ask: (prompts: Asked) => Promise<T>): Promise<T> {
  try {
    return await ask(asked ?? (await import('@inquirer/prompts')));
  } catch (error) {
    if (error instanceof Error && error.name === 'ExitPromptError') {
      throw new ScaffoldError('Nothing was written.', { cause: error });
    }
    throw error;
  }
}

const askName = (prompts: Asked, kind: string, example: string, check: (name: string) => void): Promise<string> =>
  prompts.input({
    message: `What does the ${kind} do? In lower-case words with hyphens, such as ${example}:`,
    validate: (text) => reasonAgainst(() => check(text)) ?? true,
  });

function reasonAgainst(check: () => void): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const EFFECT_CHOICES: readonly { readonly value: EffectName; readonly name: string }[] = [
  { value: 'pure', name: 'nothing: it works something out' },
  { value: 'transaction', name: 'tables of this account: exactly once' },
  { value: 'keyed', name: 'something at a provider that deduplicates by a key (payments, bookings)' },
  { value: 'lookup', name: 'something at a provider that can only be asked what it did (carriers, bank transfers)' },
  { value: 'unguarded', name: 'something that may happen twice without harm (mail)' },
];

const askEffect = (prompts: Asked, project: Project): Promise<EffectName | 'undo'> =>
  prompts.select<EffectName | 'undo'>({
    message: 'What does it change?',
    choices: [
      ...EFFECT_CHOICES,
      ...(undoableAtoms(project).length > 0
        ? [{ value: 'undo' as const, name: 'it takes back what another atom did' }]
        : []),
    ],
  });

const askUndone = (prompts: Asked, project: Project): Promise<string> =>
  prompts.select({
    message: 'What does it take back?',
    choices: undoableAtoms(project).map(({ contract: { name, summary } }) => ({
      value: name,
      name: `${name}: ${summary}`,
    })),
  });

/** Beyond what is there, a new one. */
const NEW = Symbol('a new one');

async function askDomain(prompts: Asked, project: Project, base: string): Promise<string> {
  const check = (text: string) => reasonAgainst(() => chooseDomain(project, text)) ?? true;
  const known = [...project.domains.keys()];
  const chosen = known.length > 0 ? await choose(prompts, `Into which domain (${base}/…)?`, known) : NEW;
  return chosen === NEW ? prompts.input({ message: 'What is the new domain called?', validate: check }) : chosen;
}

async function askNamed(prompts: Asked, message: string, known: readonly string[], wish: string): Promise<string> {
  const chosen = known.length > 0 ? await choose(prompts, message, known) : NEW;
  return chosen === NEW ? prompts.input({ message: `${message} A name for the new one:`, default: wish }) : chosen;
}

const choose = (prompts: Asked, message: string, known: readonly string[]): Promise<string | typeof NEW> =>
  prompts.select<string | typeof NEW>({
    message,
    choices: [...known.map((value) => ({ value, name: value })), { value: NEW, name: 'a new one' }],
  });

/** Undefined: an atom of its own. */
async function askAtoms(prompts: Asked, project: Project): Promise<readonly string[] | undefined> {
  const atoms = stepAtoms(project);
  if (atoms.length === 0) return undefined;
  const chosen = await prompts.checkbox({
    message: 'Which atoms does it use, in this order? None: it gets one of its own.',
    choices: atoms.map(({ contract: { name, summary } }) => ({ value: name, name: `${name}: ${summary}` })),
  });
  return chosen.length > 0 ? chosen : undefined;
}

async function askEvent(prompts: Asked, project: Project, domain: string, workflow: string): Promise<string> {
  const known = project.domains.get(domain)?.events.map(({ value }) => value.name) ?? [];
  return askNamed(prompts, 'Which event starts it?', known, `${workflow}-requested`);
}

/** Without what nobody has said. */
const said = <T extends object>(answers: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(answers).filter(([, value]) => value !== undefined)) as never;
