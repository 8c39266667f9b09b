import { Command } from 'commander';
import { newAtomCommand } from './new/atom.ts';
import { newWorkflowCommand } from './new/workflow.ts';

/** `breakwater new atom|workflow`: writes a complete example where the app finds it. */
export const newCommand = (root: string): Command =>
  new Command('new')
    .description('Writes a new atom or a new workflow: a complete, tested example, to be changed into what you need.')
    .addCommand(newAtomCommand(root))
    .addCommand(newWorkflowCommand(root));
