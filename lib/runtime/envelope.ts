import { ENVELOPE_VERSION, type Envelope, type Verb } from '../contract/index.ts';
import { MalformedEnvelope } from './errors.ts';

const VERBS: ReadonlySet<unknown> = new Set<Verb>(['do', 'undo', 'settle']);

const FIELDS = {
  execution: 'string',
  step: 'string',
  contract: 'string',
  attempt: 'number',
  notAfter: 'number',
  correlationId: 'string',
} as const;

/** @throws MalformedEnvelope with the reason, and the token if it can be read */
export function readEnvelope(body: string): Envelope {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new MalformedEnvelope(`The message is no JSON: ${withoutText(String(error))}`, undefined);
  }
  return checkEnvelope(parsed);
}

/** @throws MalformedEnvelope */
export function checkEnvelope(value: unknown): Envelope {
  if (value === null || typeof value !== 'object')
    throw new MalformedEnvelope('The message is no JSON object.', undefined);
  const fields = value as Record<string, unknown>;
  const token = typeof fields.token === 'string' ? fields.token : undefined;
  const refuse = (reason: string): never => {
    throw new MalformedEnvelope(reason, token);
  };
  if (fields.breakwater !== ENVELOPE_VERSION) {
    refuse(`breakwater is ${shown(fields.breakwater)}; this runtime speaks version ${ENVELOPE_VERSION}.`);
  }
  if (!VERBS.has(fields.verb)) refuse(`verb is ${shown(fields.verb)}; it is one of do, undo, settle.`);
  for (const [field, type] of Object.entries(FIELDS)) {
    if (typeof fields[field] !== type) refuse(`${field} is ${shown(fields[field])}; it is a ${type}.`);
  }
  if (fields.notStartedAfter !== undefined && typeof fields.notStartedAfter !== 'number') {
    refuse(`notStartedAfter is ${shown(fields.notStartedAfter)}; it is a number.`);
  }
  if (fields.execution === '') refuse('execution is empty.');
  if (fields.step === '') refuse('step is empty.');
  if (fields.token !== undefined && token === undefined) refuse('token is no string.');
  return value as Envelope;
}

/** Nothing is known of what stands in the wrong place: it may be personal data, so its kind has to do. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  if (typeof value === 'string' && value.length > LONGEST_SHOWN) return `text of ${value.length} characters`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? typeof value;
  return Array.isArray(value) ? 'a list' : 'an object';
}

const LONGEST_SHOWN = 10;

/** V8 quotes what it could not read. */
const withoutText = (message: string): string => message.replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '');
