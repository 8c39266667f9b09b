import { Stack, type StackProps } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { EmailIdentity, Identity } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { Atom, executionArnsOf, itemStatement, UndoStarter } from '../constructs/index.ts';
import { PLATFORM } from './discovery.ts';
import type { House } from './house.ts';
import { INSPECT_EXECUTION, OPERATORS_TOPIC, PARK_STEPS, START_UNDO, sharedRecords } from './names.ts';

export interface PlatformStackProps extends StackProps {
  readonly house: House;
}

/** What all workflows share: the operators' topic, the platform's atoms, the starter of undo machines, the mailbox. */
export class PlatformStack extends Stack {
  readonly #house: House;
  readonly #operators: Topic;
  readonly #records: ITable;

  constructor(scope: Construct, id: string, { house, ...props }: PlatformStackProps) {
    super(scope, id, {
      ...props,
      description: 'What all workflows share: operators’ topic, platform atoms, starter of undo machines.',
    });
    this.#house = house;
    this.#operators = this.#operatorsTopic();
    this.#records = sharedRecords(this);
    for (const { domain, contract } of house.found.atoms) {
      if (domain === PLATFORM) this.#atom(contract.name);
    }
    new UndoStarter(this, 'StartUndo', {
      functionName: START_UNDO,
      code: house.code(START_UNDO),
      workflows: this.#workflowNames(),
      operators: this.#operators,
    });
    if (house.found.atoms.some(({ contract }) => contract.uses.some(({ kind }) => kind === 'mail'))) {
      new EmailIdentity(this, 'MailFrom', { identity: Identity.email(house.settings.mailFrom) });
    }
  }

  #operatorsTopic(): Topic {
    const topic = new Topic(this, 'Operators', {
      topicName: OPERATORS_TOPIC,
      displayName: 'Breakwater: alarms and parked steps',
      enforceSSL: true,
    });
    // A policy of its own takes the place of the default one, which lets alarms of the account publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': this.account } },
      }),
    );
    return topic;
  }

  #atom(name: string): void {
    const { found, settings, code } = this.#house;
    const contract = found.atoms.find((each) => each.domain === PLATFORM && each.contract.name === name)?.contract;
    if (!contract) return;
    const records = this.#records;
    const atom = new Atom(this, name, {
      contract,
      code: code(name),
      records,
      operators: this.#operators,
      timeScale: settings.timeScale,
      ...(name === PARK_STEPS ? { environment: { OPERATORS_TOPIC_ARN: this.#operators.topicArn } } : {}),
    });
    for (const { workflow } of found.workflows) atom.serveWorkflow(workflow.plan);
    const workflows = this.#workflowNames();
    if (workflows.length === 0) return;
    if (name === PARK_STEPS) {
      atom.allow(
        itemStatement(
          ['PutItem'],
          records.tableArn,
          workflows.map((each) => `${each}:*`),
        ),
      );
      atom.allow(new PolicyStatement({ actions: ['sns:Publish'], resources: [this.#operators.topicArn] }));
    }
    if (name === INSPECT_EXECUTION) {
      const resources = workflows.map((each) => executionArnsOf(this, each));
      atom.allow(
        new PolicyStatement({ actions: ['states:DescribeExecution', 'states:GetExecutionHistory'], resources }),
      );
    }
  }

  #workflowNames(): readonly string[] {
    return this.#house.found.workflows.map(({ workflow }) => workflow.plan.name);
  }
}
