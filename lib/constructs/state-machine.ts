import { createHash } from 'node:crypto';
import { CfnDeletionPolicy, type CfnResource, Lazy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  DefinitionBody,
  LogLevel,
  StateMachine as SfnStateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { StateMachine as Definition, Substitution } from '../asl/index.ts';
import { contractId, majorId } from '../contract/index.ts';
import type { IAtom } from './atom-reference.ts';
import { BreakwaterSynthError } from './errors.ts';
import { bound, type HostingProps, logGroup } from './hosting.ts';
import { LIVE } from './names.ts';
import type { IPlatform } from './platform-reference.ts';

export interface StateMachineProps extends HostingProps {
  /** As its plan calls it. */
  readonly name: string;
  readonly definition: Definition;
  /** The placeholders that the definition may contain. */
  readonly substitutions: readonly Substitution[];
  /** Where the placeholders' atoms are found. */
  readonly atoms: readonly IAtom[];
  readonly platform: IPlatform;
  /** The version of the undo machine that belongs to the definition. Left out, for a definition that names none. */
  readonly undoVersion?: PublishedVersion;
  /** What is logged of an execution. Left out, errors. */
  readonly logLevel?: LogLevel;
  /** Whether logs contain inputs and outputs, which may hold personal data. Left out, no. */
  readonly logExecutionData?: boolean;
}

/** A version of a state machine. */
export interface PublishedVersion {
  /** The machine's own where an app leaves versions out. */
  readonly arn: string;
  /** Another one for every definition. */
  readonly revision: string;
}

/** A Standard state machine whose role may use what its definition names, and nothing else. */
export class StateMachine extends Construct {
  readonly machine: SfnStateMachine;
  readonly #revision: string;

  constructor(scope: Construct, id: string, props: StateMachineProps) {
    super(scope, id);
    const { name, platform, logLevel = LogLevel.ERROR, logExecutionData = false } = props;
    const stateMachineName = platform.names.of(name);
    const role = bound(new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') }), props);
    const definition = JSON.stringify(props.definition);
    const substitutions = Object.fromEntries(
      props.substitutions
        .filter(({ key }) => definition.includes(`\${${key}}`))
        .map((each) => [each.key, this.#substitute(each, props, role)]),
    );
    this.machine = new SfnStateMachine(this, 'Machine', {
      stateMachineName,
      stateMachineType: StateMachineType.STANDARD,
      definitionBody: DefinitionBody.fromString(definition),
      definitionSubstitutions: substitutions,
      role,
      tracingEnabled: true,
      logs: {
        // Under this prefix Step Functions needs no entry of its own in the log service's one, small resource policy.
        destination: logGroup(this, `/aws/vendedlogs/states/${stateMachineName}`, props),
        level: logLevel,
        includeExecutionData: logExecutionData,
      },
    });
    this.#revision = createHash('sha256')
      // With the undo machine's: when only that one changes, what is started has to name its new version.
      .update(
        JSON.stringify([
          definition,
          Object.keys(substitutions),
          logLevel,
          logExecutionData,
          props.undoVersion?.revision,
        ]),
      )
      .digest('hex')
      .slice(0, 8);
  }

  /**
   * Publishes what the machine is now and points the alias `live` at it. A version's logical id follows from the
   * definition and from the undo machine that it names, so that a new one is published exactly when one of them
   * changes; old ones stay for executions that run and for going back.
   * @returns the alias's ARN, which never changes
   */
  publish(): string {
    const version = this.#version();
    const alias = new CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
    // An app may leave the alias out, for an emulator that has none: then the machine itself is what is started.
    return Lazy.string({
      produce: () => (this.node.tryFindChild(alias.node.id) ? alias.attrArn : this.machine.stateMachineArn),
    });
  }

  /** Publishes what the machine is now. */
  publishVersion(): PublishedVersion {
    const version = this.#version();
    const arn = Lazy.string({
      produce: () => (this.node.tryFindChild(version.node.id) ? version.attrArn : this.machine.stateMachineArn),
    });
    return { arn, revision: this.#revision };
  }

  #version(): CfnStateMachineVersion {
    const version = new CfnStateMachineVersion(this, `Version${this.#revision}`, {
      stateMachineArn: this.machine.stateMachineArn,
    });
    retain(version);
    return version;
  }

  #substitute(substitution: Substitution, { atoms, platform, undoVersion }: StateMachineProps, role: Role): string {
    if (substitution.kind === 'undo-version') return undoVersion?.arn ?? '';
    if (substitution.kind === 'bus') {
      role.addToPolicy(new PolicyStatement({ actions: ['events:PutEvents'], resources: [platform.bus.eventBusArn] }));
      return platform.bus.eventBusName;
    }
    const wanted = substitution.atom;
    const atom = atoms.find(({ contract }) => majorId(contract) === majorId(wanted)) ?? platform.atom(wanted);
    if (!atom) {
      throw new BreakwaterSynthError(
        this,
        `The workflow uses ${contractId(wanted)}, which is not among its atoms: ${atoms.map(({ contract }) => contractId(contract)).join(', ') || 'none'}. Add it to atoms.`,
      );
    }
    if (substitution.kind === 'function') {
      atom.grantCall(role);
      return atom.liveArn;
    }
    atom.grantSend(role);
    return atom.queue?.queueUrl ?? '';
  }
}

function retain({ cfnOptions }: CfnResource): void {
  cfnOptions.deletionPolicy = CfnDeletionPolicy.RETAIN;
  cfnOptions.updateReplacePolicy = CfnDeletionPolicy.RETAIN;
}
