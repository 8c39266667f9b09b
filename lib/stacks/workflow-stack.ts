import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { Admission, Atom, type IAtom, Workflow } from '../constructs/index.ts';
import { majorId } from '../contract/index.ts';
import { admissionBundle } from './bundles.ts';
import { type FoundWorkflow, PLATFORM } from './discovery.ts';
import type { House } from './house.ts';
import { sharedPlatform } from './names.ts';

export interface WorkflowStackProps extends StackProps {
  readonly house: House;
  readonly found: FoundWorkflow;
}

/** One workflow: its machines, rule, alarms, and the way in for its event. It holds no data, and no other stack's. */
export class WorkflowStack extends Stack {
  constructor(scope: Construct, id: string, { house, found, ...props }: WorkflowStackProps) {
    super(scope, id, { ...props, description: `The workflow ${found.workflow.plan.name}.` });
    const { workflow } = found;
    const ownAtoms = house.found.atoms.filter(({ domain }) => domain === PLATFORM).map(({ contract }) => contract);
    const platform = sharedPlatform(this, ownAtoms, house.settings.timeScale);
    const deployed = new Workflow(this, 'Workflow', { platform, workflow, atoms: this.#atoms(house, found) });
    if (!workflow.startedBy) return;
    const code = house.code(admissionBundle(workflow.plan.name));
    new Admission(this, 'Admission', { platform, workflow, deployed, code });
  }

  #atoms({ found }: House, { workflow }: FoundWorkflow): readonly IAtom[] {
    const used = new Set([...workflow.contracts.values()].map(majorId));
    return found.atoms
      .filter(({ contract }) => used.has(majorId(contract)))
      .map(({ contract }) => Atom.fromContract(this, `Atom-${majorId(contract)}`, contract));
  }
}
