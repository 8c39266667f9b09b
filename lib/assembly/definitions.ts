import type { Assembly } from './read.ts';
import { readable } from './references.ts';

/** A state machine of ours as plain Amazon States Language. */
export interface Definition {
  readonly stack: string;
  /** As it is called in the account, where the template says so. */
  readonly name: string;
  readonly definition: unknown;
  /** What its placeholders stand for, as a person would write it. */
  readonly substitutions: Readonly<Record<string, string>>;
}

/** The state machines of an app's workflows, with what their placeholders stand for. */
export function definitionsIn({ stacks }: Assembly): readonly Definition[] {
  return stacks.flatMap(({ name, resources, marked }) => {
    const byId = new Map(resources.map((each) => [each.id, each]));
    return resources
      .filter(({ type, path }) => type === MACHINE && marked.some((part) => path.startsWith(`${part.path}/`)))
      .map(({ id, properties }) => ({
        stack: name,
        name: typeof properties.StateMachineName === 'string' ? properties.StateMachineName : id,
        definition: JSON.parse(String(properties.DefinitionString)) as unknown,
        substitutions: Object.fromEntries(
          Object.entries(properties.DefinitionSubstitutions ?? {}).map(([key, value]) => [key, readable(value, byId)]),
        ),
      }));
  });
}

const MACHINE = 'AWS::StepFunctions::StateMachine';
