import type { Resource } from './read.ts';

/** Logical ids that a value refers to: by Ref, by Fn::GetAtt, inside Fn::Sub. */
export function referencesIn(value: unknown): ReadonlySet<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, found);
    return;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text } = value as Intrinsic;
  if (typeof Ref === 'string') found.add(Ref);
  if (attribute !== undefined) found.add(String(attribute[0]));
  if (text !== undefined) {
    for (const [, id = ''] of String(Array.isArray(text) ? text[0] : text).matchAll(/\$\{([A-Za-z0-9]+)[.}]/g))
      found.add(id);
  }
  for (const each of Object.values(value)) collect(each, found);
}

interface Intrinsic {
  readonly Ref?: unknown;
  /** CDK writes the list, never the text with a dot. */
  readonly 'Fn::GetAtt'?: readonly unknown[];
  readonly 'Fn::Sub'?: string | readonly unknown[];
}

/** A value of a template as a person would write it: constructs by their paths, pseudo parameters as `*`. */
export function readable(value: unknown, resources: ReadonlyMap<string, Resource>): string {
  if (typeof value === 'string') return value;
  if (value === null || typeof value !== 'object') return String(value);
  const named = (id: string): string => {
    const resource = resources.get(id);
    return resource ? resource.path.replace(/\/(Resource|Default)$/, '') : id.startsWith('AWS::') ? '*' : id;
  };
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields.Ref === 'string') return named(fields.Ref);
  if (Array.isArray(fields['Fn::GetAtt'])) return named(String(fields['Fn::GetAtt'][0]));
  if (Array.isArray(fields['Fn::Join'])) {
    const [separator, parts] = fields['Fn::Join'] as [string, readonly unknown[]];
    return parts.map((part) => readable(part, resources)).join(separator);
  }
  if ('Fn::ImportValue' in fields) return readable(fields['Fn::ImportValue'], resources);
  return JSON.stringify(value);
}
