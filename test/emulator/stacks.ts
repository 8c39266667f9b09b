/** CloudFormation stacks, as the tests of the emulator make them. */
import {
  CreateStackCommand,
  DeleteStackCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { eventually, type UnderTest, unique } from './under-test.ts';

/** `[type, properties]`, the type without its leading `AWS::`. */
export type Resources = Record<string, readonly [string, Record<string, unknown>, Record<string, unknown>?]>;
export type Outputs = Record<string, unknown>;

export interface Stack<O extends Outputs> {
  readonly name: string;
  readonly outputs: Record<keyof O, string>;
}

export async function createStack<O extends Outputs>(
  underTest: UnderTest,
  resources: Resources,
  outputs: O,
): Promise<Stack<O>> {
  const name = unique('stack');
  await underTest.stacks.send(new CreateStackCommand({ StackName: name, TemplateBody: template(resources, outputs) }));
  return settled(underTest, name, 'CREATE_COMPLETE');
}

export async function updateStack<O extends Outputs>(
  underTest: UnderTest,
  name: string,
  resources: Resources,
  outputs: O,
): Promise<Stack<O>> {
  await underTest.stacks.send(new UpdateStackCommand({ StackName: name, TemplateBody: template(resources, outputs) }));
  return settled(underTest, name, 'UPDATE_COMPLETE');
}

/** Resolves when nothing is left of it. */
export async function deleteStack({ stacks }: UnderTest, name: string): Promise<void> {
  await stacks.send(new DeleteStackCommand({ StackName: name }));
  await eventually(() =>
    stacks.send(new DescribeStacksCommand({ StackName: name })).then(
      () => undefined,
      () => true,
    ),
  );
}

function template(resources: Resources, outputs: Outputs): string {
  return JSON.stringify({
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, [type, properties, attributes]]) => [
        id,
        { Type: `AWS::${type}`, Properties: properties, ...attributes },
      ]),
    ),
    Outputs: Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, { Value: value }])),
  });
}

async function settled<O extends Outputs>({ stacks }: UnderTest, name: string, wanted: string): Promise<Stack<O>> {
  const stack = await eventually(async () => {
    const [found] = (await stacks.send(new DescribeStacksCommand({ StackName: name }))).Stacks ?? [];
    return found?.StackStatus?.endsWith('IN_PROGRESS') ? undefined : found;
  });
  if (stack.StackStatus !== wanted) {
    const { StackEvents = [] } = await stacks.send(new DescribeStackEventsCommand({ StackName: name }));
    const reasons = StackEvents.flatMap(({ ResourceStatusReason }) => ResourceStatusReason ?? []);
    throw new Error(`${stack.StackStatus}: ${reasons.join('; ')}`);
  }
  const outputs = (stack.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]);
  return { name, outputs: Object.fromEntries(outputs) };
}
