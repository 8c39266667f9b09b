/**
 * A stack's template with those of its nested stacks, as one set of resources.
 *
 * Logical ids are one of a kind in their own template only, and values cross between templates as parameters and
 * outputs. So ids of a nested stack get its id before them, and references lead to the resource that is meant.
 */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** A resource, with where its template stands. */
export interface Placed {
  /** One of a kind among all of the templates: with the ids of the nested stacks before it. */
  readonly id: string;
  /** As its own template calls it. */
  readonly logicalId: string;
  /** Logical ids of the nested stacks that lead to it. */
  readonly within: readonly string[];
  readonly resource: TemplateResource;
}

/** Reads the template of a nested stack: nothing where a resource is none, or has none in the assembly. */
export type OpenNested = (resource: TemplateResource) => Template | undefined;

/** All resources of a template and of those nested in it, their references resolved across them. */
export const flattened = (template: Template, open: OpenNested): readonly Placed[] =>
  placedIn(opened(template, open, []));

interface Scope {
  readonly template: Template;
  /** Logical ids of the nested stacks that lead here. */
  readonly within: readonly string[];
  readonly outer: Scope | undefined;
  /** By the logical id of their resource. */
  readonly nested: ReadonlyMap<string, Scope>;
}

function opened(template: Template, open: OpenNested, within: readonly string[], outer?: Scope): Scope {
  const nested = new Map<string, Scope>();
  const scope = { template, within, outer, nested };
  for (const [id, resource] of Object.entries(template.Resources ?? {})) {
    const inner = open(resource);
    if (inner) nested.set(id, opened(inner, open, [...within, id], scope));
  }
  return scope;
}

const placedIn = (scope: Scope): readonly Placed[] =>
  Object.entries(scope.template.Resources ?? {}).flatMap(([logicalId, { Properties = {}, ...rest }]) => {
    const nested = scope.nested.get(logicalId);
    // What goes in as a parameter is used where the parameter is, not here.
    const { Parameters: _, ...withoutParameters } = Properties;
    const properties = resolved(nested ? withoutParameters : Properties, scope) as Readonly<Record<string, unknown>>;
    return [
      {
        id: idIn(scope, logicalId),
        logicalId,
        within: scope.within,
        resource: { ...rest, Properties: properties },
      },
      ...(nested ? placedIn(nested) : []),
    ];
  });

/** A value with the ids that `flattened` gives, and without parameters and outputs of nested stacks. */
function resolved(value: unknown, scope: Scope): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((each) => resolved(each, scope));
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text, ...others } = value as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return parameter(Ref, scope) ?? { Ref: idIn(scope, Ref) };
  if (Array.isArray(attribute)) {
    const [id, name] = attribute.map(String) as [string, string];
    return output(id, name, scope) ?? { 'Fn::GetAtt': [idIn(scope, id), name] };
  }
  const rest = Object.fromEntries(Object.entries(others).map(([key, each]) => [key, resolved(each, scope)]));
  return text === undefined ? rest : { ...rest, 'Fn::Sub': substituted(text, scope) };
}

function parameter(name: string, { outer, within }: Scope): unknown {
  const given = outer?.template.Resources?.[within.at(-1) ?? '']?.Properties?.Parameters;
  const values = given as Readonly<Record<string, unknown>> | undefined;
  return outer && values && Object.hasOwn(values, name) ? resolved(values[name], outer) : undefined;
}

function output(id: string, attribute: string, { nested }: Scope): unknown {
  const inner = nested.get(id);
  const found = inner?.template.Outputs?.[attribute.replace(/^Outputs\./, '')];
  return inner && found ? resolved(found.Value, inner) : undefined;
}

/** The text of Fn::Sub, alone or in front of its variables. */
function substituted(text: unknown, scope: Scope): unknown {
  if (Array.isArray(text)) return [substituted(text[0], scope), ...text.slice(1).map((each) => resolved(each, scope))];
  return String(text).replace(/\$\{([A-Za-z0-9]+)/g, (_, id: string) => `\${${idIn(scope, id)}`);
}

const idIn = ({ template, within }: Scope, id: string): string =>
  template.Resources && Object.hasOwn(template.Resources, id) ? [...within, id].join('') : id;
