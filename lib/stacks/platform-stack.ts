import { Stack, type StackProps } from 'aws-cdk-lib';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import type { Construct } from 'constructs';
import { Platform } from '../constructs/index.ts';
import { PLATFORM } from './discovery.ts';
import type { House } from './house.ts';
import { sharedBus, sharedRecords } from './names.ts';

export interface PlatformStackProps extends StackProps {
  readonly house: House;
}

/** What all workflows share: the operators' topic, the platform's atoms and its other Lambdas, the mailbox. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, { house, ...props }: PlatformStackProps) {
    super(scope, id, {
      ...props,
      description: 'What all workflows share: operators’ topic, platform atoms, starter of undo machines.',
    });
    const { found, settings, code } = house;
    const platform = new Platform(this, 'Platform', {
      records: sharedRecords(this),
      bus: sharedBus(this),
      timeScale: settings.timeScale,
      code,
    });
    for (const { domain, contract } of found.atoms) {
      if (domain === PLATFORM) platform.atom(contract);
      else platform.serveAtom(contract);
    }
    for (const { workflow } of found.workflows) platform.serveWorkflow(workflow.plan, { keepResults: true });
    if (found.atoms.some(({ contract }) => contract.uses.some(({ kind }) => kind === 'mail'))) {
      new EmailIdentity(this, 'MailFrom', { identity: Identity.email(settings.mailFrom) });
    }
  }
}
