import { Aspects, CfnResource, type IAspect } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { EmulatorDifference } from './emulator-differences.ts';

/** Takes what an emulator cannot have out of the app, and remembers what that was. */
export class LeaveOut implements IAspect {
  readonly #differences: readonly EmulatorDifference[];
  readonly #left = new Map<EmulatorDifference, number>();

  /** Has an app leave things out when it is synthesised. */
  static from(app: IConstruct, differences: readonly EmulatorDifference[]): LeaveOut {
    const aspect = new LeaveOut(differences);
    Aspects.of(app).add(aspect);
    return aspect;
  }

  private constructor(differences: readonly EmulatorDifference[]) {
    this.#differences = differences;
  }

  visit(node: IConstruct): void {
    if (!CfnResource.isCfnResource(node)) return;
    const difference = this.#differences.find(
      ({ type, only }) => type === node.cfnResourceType && (only === undefined || only(node)),
    );
    if (!difference) return;
    node.node.scope?.node.tryRemoveChild(node.node.id);
    this.#left.set(difference, (this.#left.get(difference) ?? 0) + 1);
  }

  /** A line for people, once the app has been synthesised; undefined if nothing was left out. */
  report(target: string): string | undefined {
    if (this.#left.size === 0) return undefined;
    const parts = [...this.#left].map(([{ type, reason }, count]) => `${count} × ${type} (${reason})`);
    return `Left out for ${target}: ${parts.join('; ')}`;
  }
}
