import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Admission, Atom, type IAtom, Workflow } from '../constructs/index.ts';
import { majorId } from '../contract/index.ts';
import { admissionBundle } from './bundles.ts';
import { type FoundWorkflow, PLATFORM } from './discovery.ts';
import type { House } from './house.ts';
import { sharedBus, sharedOperators, sharedRecords, sharedUndoQueue } from './names.ts';

export interface WorkflowStackProps extends StackProps {
  readonly house: House;
  readonly found: FoundWorkflow;
}

/** One workflow: its machines, rule, alarms, and the way in for its event. It holds no data, and no other stack's. */
export class WorkflowStack extends Stack {
  constructor(scope: Construct, id: string, { house, found, ...props }: WorkflowStackProps) {
    super(scope, id, { ...props, description: `The workflow ${found.workflow.plan.name}.` });
    const { workflow } = found;
    const { timeScale } = house.settings;
    const bus = sharedBus(this);
    const operators = sharedOperators(this);
    const deployed = new Workflow(this, 'Workflow', {
      workflow,
      atoms: this.#atoms(house, found),
      bus,
      operators,
      undoQueue: sharedUndoQueue(this),
      timeScale,
    });
    if (!workflow.startedBy) return;
    new Admission(this, 'Admission', {
      workflow,
      deployed,
      code: house.code(admissionBundle(workflow.plan.name)),
      bus,
      records: sharedRecords(this),
      operators,
      timeScale,
    });
  }

  /** The workflow's own, and the platform's. */
  #atoms({ found }: House, { workflow }: FoundWorkflow): readonly IAtom[] {
    const used = new Set([...workflow.contracts.values()].map(majorId));
    return found.atoms
      .filter(({ domain, contract }) => domain === PLATFORM || used.has(majorId(contract)))
      .map(({ contract }) => Atom.fromContract(this, `Atom-${majorId(contract)}`, contract));
  }
}
