import { undoPath } from '../../contract/index.ts';
import { RECORDS } from '../deployment.ts';

/** A step of an order, as records name it. */
export interface StepName {
  readonly execution: string;
  readonly step: string;
}

interface TextAttribute {
  readonly S?: string;
}

interface RecordKey {
  readonly execution?: TextAttribute;
  readonly step?: TextAttribute;
}

type Fields = Readonly<Record<string, unknown>>;

/** `fulfil-order:o-1` → `o-1` */
export const orderOf = (execution: string): string => execution.slice(execution.indexOf(':') + 1);

/** `o-1/payment` */
export const labelOf = ({ execution, step }: StepName): string => `${orderOf(execution)}/${step}`;

const UNDO = undoPath('');

/** What a record's path is about: `payment~undo` is the undo of `payment`. */
export function meantBy(path: string): { readonly step: string; readonly undo: boolean } {
  const undo = path.endsWith(UNDO);
  return { step: undo ? path.slice(0, -UNDO.length) : path, undo };
}

/** Whose record a command of DynamoDB is about; of a transaction, the first record in it. */
export function recordOf(input: Fields): StepName | undefined {
  if (Array.isArray(input.TransactItems)) {
    for (const item of input.TransactItems as readonly Readonly<Record<string, Fields>>[]) {
      const [fields] = Object.values(item);
      const found = fields && recordOf(fields);
      if (found) return found;
    }
    return undefined;
  }
  if (input.TableName !== RECORDS) return undefined;
  const key = (input.Key ?? input.Item) as RecordKey | undefined;
  const execution = key?.execution?.S;
  const step = key?.step?.S;
  return execution !== undefined && step !== undefined ? { execution, step } : undefined;
}
