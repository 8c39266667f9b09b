import { dirname, join } from 'node:path';
import { compile, undoMachineName } from '../asl/index.ts';
import type { Found } from './discovery.ts';

/** A file that is made from a workflow and committed beside it, so that a change of it shows. */
export interface GeneratedFile {
  /** Of the workflow. */
  readonly workflow: string;
  /** The state machine whose definition it is. */
  readonly machine: string;
  readonly path: string;
  readonly text: string;
}

/** The definitions of every workflow, in real time. */
export const generatedFiles = ({ workflows }: Found): readonly GeneratedFile[] =>
  workflows.flatMap(({ workflow: { plan }, file }) => {
    const { machine, undoMachine } = compile(plan);
    const folder = join(dirname(file), 'generated');
    const shared = { workflow: plan.name };
    return [
      { ...shared, machine: plan.name, path: join(folder, 'workflow.asl.json'), text: textOf(machine) },
      {
        ...shared,
        machine: undoMachineName(plan.name),
        path: join(folder, 'undo.asl.json'),
        text: textOf(undoMachine),
      },
    ];
  });

const textOf = (content: object): string => `${JSON.stringify(content, null, 2)}\n`;
