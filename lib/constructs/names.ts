import { Arn, ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { majorId } from '../contract/index.ts';
import { BreakwaterSynthError } from './errors.ts';

/** The alias through which everything is called: code and definitions change behind it. */
export const LIVE = 'live';

/** A function's name has 64 characters at most, and an atom's own needs most of them. */
const LONGEST_PREFIX = 16;

interface Named {
  readonly name: string;
  readonly version: string;
}

/**
 * Physical names by convention, one per major version. Whoever knows a contract knows where its atom lives, so that a
 * workflow's stack needs no export of the atoms' stack: an export that is in use can't be changed or removed.
 */
export class Names {
  /** Stands before every name. */
  readonly prefix: string;
  readonly #scope: Construct;

  /**
   * @param scope whose account and region ARNs are in
   * @param prefix stands before every name, such as `shop-`, where one account holds more than one platform
   * @throws BreakwaterSynthError for a prefix that AWS would refuse in a name
   */
  constructor(scope: Construct, prefix = '') {
    if (!/^([a-z][a-z0-9]*-)?$/.test(prefix) || prefix.length > LONGEST_PREFIX) {
      throw new BreakwaterSynthError(
        scope,
        `The prefix is "${prefix}"; allowed are lower-case letters and digits with a hyphen at the end, ${LONGEST_PREFIX} characters at most, such as "shop-".`,
      );
    }
    this.#scope = scope;
    this.prefix = prefix;
  }

  /** Of anything that has no rule of its own here: `admit-fulfil-order` → `shop-admit-fulfil-order`. */
  of(name: string): string {
    return `${this.prefix}${name}`;
  }

  /** Of an atom's function, and of its queue. */
  atom(atom: Named): string {
    return this.of(majorId(atom));
  }

  liveFunctionArn(atom: Named): string {
    return this.#arn('lambda', 'function', `${this.atom(atom)}:${LIVE}`);
  }

  /** The alias `live` of one of the platform's functions that is no atom: `start-undo`. */
  livePlatformArn(name: string): string {
    return this.#arn('lambda', 'function', `${this.of(name)}:${LIVE}`);
  }

  queueArn(atom: Named): string {
    return Stack.of(this.#scope).formatArn({ service: 'sqs', resource: this.atom(atom) });
  }

  deadLetterQueueArn(atom: Named): string {
    return Stack.of(this.#scope).formatArn({ service: 'sqs', resource: deadLetterQueueNameOf(this.atom(atom)) });
  }

  /** @param machine the workflow's name, or that of its undo machine */
  stateMachineArn(machine: string): string {
    return this.#arn('states', 'stateMachine', this.of(machine));
  }

  /** All executions of a machine: their names do not exist before they start. */
  executionArns(machine: string): string {
    return this.#arn('states', 'execution', `${this.of(machine)}:*`);
  }

  /** What stands before `<workflow>:<execution>` in the ARN of an execution. */
  executionArnPrefix(): string {
    return this.#arn('states', 'execution', this.prefix);
  }

  /** Where applications find a workflow. */
  parameter(workflow: string): string {
    return `/breakwater/workflows/${this.of(workflow)}`;
  }

  parameterArn(workflow: string): string {
    const resourceName = this.parameter(workflow).slice(1);
    return Stack.of(this.#scope).formatArn({ service: 'ssm', resource: 'parameter', resourceName });
  }

  #arn(service: string, resource: string, resourceName: string): string {
    const arnFormat = ArnFormat.COLON_RESOURCE_NAME;
    return Arn.format({ service, resource, resourceName, arnFormat }, Stack.of(this.#scope));
  }
}

export const deadLetterQueueNameOf = (queueName: string): string => `${queueName}-dead-letters`;

/** All rules of the account in this region, whatever bus they are on. */
export const ruleArnsOf = (scope: Construct): string =>
  Stack.of(scope).formatArn({ service: 'events', resource: 'rule', resourceName: '*' });
