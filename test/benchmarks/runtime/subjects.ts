import { join } from 'node:path';

const here = import.meta.dirname;

/** The same atom, written in different ways: it puts one item into a table and answers the state machine. */
export interface Subject {
  readonly name: 'ordinary' | 'transaction' | 'hand-written' | 'bare';
  /** As it stands in the tables. */
  readonly title: string;
  readonly handler: string;
  /** What its messages look like. */
  readonly message: 'envelope' | 'own';
  /** What a user writes for one step. What is shared by all steps is not among it. */
  readonly written: readonly string[];
}

const files = (folder: string, ...names: string[]): string[] => names.map((name) => join(here, folder, name));
const ATOM = ['contract.ts', 'handler.ts', 'undo-contract.ts', 'undo.ts'];

export const SUBJECTS: readonly Subject[] = [
  {
    name: 'ordinary',
    title: 'Breakwater, keyed',
    handler: join(here, 'breakwater/ordinary/handler.ts'),
    message: 'envelope',
    written: files('breakwater/ordinary', ...ATOM),
  },
  {
    name: 'transaction',
    title: 'Breakwater, transaction',
    handler: join(here, 'breakwater/transaction/handler.ts'),
    message: 'envelope',
    written: files('breakwater/transaction', ...ATOM),
  },
  {
    name: 'hand-written',
    title: 'hand-written',
    handler: join(here, 'hand-written/handler.ts'),
    message: 'own',
    written: files('hand-written', 'schema.ts', 'handler.ts', 'undo.ts'),
  },
  {
    name: 'bare',
    title: 'bare, no guarantee',
    handler: join(here, 'bare/handler.ts'),
    message: 'own',
    written: files('bare', 'handler.ts'),
  },
];
