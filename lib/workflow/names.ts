import { WorkflowError } from './errors.ts';

/** Functions that JSONata or Step Functions define: a variable of that name would hide them. */
const JSONATA_FUNCTIONS = new Set(
  (
    'abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl ' +
    'decodeUrlComponent distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase ' +
    'formatInteger formatNumber fromMillis hash join keys length lookup lowercase map match max merge millis min not ' +
    'now number pad parse parseInteger partition power random range reduce replace reverse round shuffle sift single ' +
    'sort split spread sqrt string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip'
  ).split(' '),
);

/** Variables that the compiler sets itself, and what the language calls by these names. */
const RESERVED = new Set(['input', 'item', 'failure', 'parked', 'pivot', 'running', 'states']);

const IDENTIFIER = /^[a-z][A-Za-z0-9]{0,59}$/;

/**
 * A step's name is at once the state's name, the variable and the key in records and logs.
 * State names of the compiler's own contain a hyphen, so they never clash.
 * @throws WorkflowError saying which name would do
 */
export function checkStepName(name: string, taken: ReadonlySet<string>): string {
  if (!IDENTIFIER.test(name)) {
    throw new WorkflowError(
      `"${name}" cannot name a step: use an identifier of at most 60 letters and digits that begins with a small letter, such as reserveStock.`,
    );
  }
  if (JSONATA_FUNCTIONS.has(name)) {
    throw new WorkflowError(
      `"${name}" is a function of JSONata, and a step of that name would hide it. Try ${name}Step.`,
    );
  }
  if (RESERVED.has(name)) throw new WorkflowError(`"${name}" is a name that Breakwater uses itself. Try ${name}Step.`);
  if (taken.has(name)) throw new WorkflowError(`A step "${name}" already exists. Every step has a name of its own.`);
  return name;
}

/** `order-fulfilled` → `orderFulfilled` */
export const identifierOf = (kebab: string): string =>
  kebab.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
