import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { convertToAttr, convertToNative, type NativeAttributeValue } from '@aws-sdk/util-dynamodb';

/** An item of a table in plain JavaScript values; sets are `Set`s. */
export type Item = Readonly<Record<string, unknown>>;

export type Attributes = Record<string, AttributeValue>;

/** Numbers are JavaScript's, as in JSON. */
export function plain(attributes: Attributes): Item {
  const item: Record<string, unknown> = {};
  for (const name of Object.keys(attributes)) {
    const attribute = attributes[name] as AttributeValue;
    // Most are texts and numbers, and there are many.
    if (attribute.S !== undefined) item[name] = attribute.S;
    else if (attribute.N !== undefined) item[name] = Number(attribute.N);
    else item[name] = convertToNative(attribute, { wrapNumbers: Number });
  }
  return item;
}

/** Items never change: a write makes a new one of the same values. So each is marshalled once. */
const marshalled = new WeakMap<Item, Attributes>();
const values = new WeakMap<object, AttributeValue>();

function attributeOf(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (Number.isSafeInteger(value)) return { N: String(value) };
  if (typeof value !== 'object' || value === null) return convertToAttr(value as NativeAttributeValue);
  let attribute = values.get(value);
  if (!attribute) {
    attribute = convertToAttr(value as NativeAttributeValue, { removeUndefinedValues: true });
    values.set(value, attribute);
  }
  return attribute;
}

/** An item as it is stored: whoever is given it shares it with others, and must not change it. */
export function attributesOf(item: Item): Attributes {
  let attributes = marshalled.get(item);
  if (!attributes) {
    attributes = {};
    for (const name of Object.keys(item)) {
      const value = item[name];
      if (value !== undefined) attributes[name] = attributeOf(value);
    }
    marshalled.set(item, attributes);
  }
  return attributes;
}

/** An item for a caller, who may change it. */
export function copied(attributes: Attributes): Attributes {
  const copy: Attributes = {};
  for (const name of Object.keys(attributes)) copy[name] = copiedValue(attributes[name] as AttributeValue);
  return copy;
}

function copiedValue(value: AttributeValue): AttributeValue {
  if (value.S !== undefined || value.N !== undefined) return { ...value };
  if (value.M !== undefined) return { M: copied(value.M) };
  if (value.L !== undefined) return { L: value.L.map(copiedValue) };
  return structuredClone(value);
}

/** An item as it is put: marshalled already. What it was put from is its caller's. */
export function itemOf(given: Attributes): Item {
  const attributes = copied(given);
  const item = plain(attributes);
  marshalled.set(item, attributes);
  for (const [name, value] of Object.entries(item)) {
    const attribute = attributes[name];
    if (typeof value === 'object' && value !== null && attribute) values.set(value, attribute);
  }
  return item;
}

/** Where in an item: names of attributes, and numbers of a list's elements. */
export type Path = readonly (string | number)[];

/** Undefined where there is nothing. */
export const read = (item: unknown, path: Path): unknown =>
  path.reduce<unknown>((value, part) => {
    if (typeof part === 'number') return Array.isArray(value) ? value[part] : undefined;
    return isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined;
  }, item);

/**
 * The item with another value at a place.
 * @param own whether the item is a copy already, which nobody else has seen
 * @returns undefined when what should hold the place is not there, or is no map or list: DynamoDB makes none by itself
 */
export function written(item: unknown, path: Path, value: unknown, own = false): unknown {
  const [part] = path;
  if (part === undefined) return value;
  const inner = path.length === 1 ? value : written(read(item, [part]), path.slice(1), value);
  if (inner === undefined) return undefined;
  if (typeof part === 'string') {
    if (!isMap(item)) return undefined;
    return own ? Object.assign(item, { [part]: inner }) : { ...item, [part]: inner };
  }
  if (!Array.isArray(item)) return undefined;
  return part < item.length ? item.with(part, inner) : [...item, inner];
}

/** The item without what is at a place. */
export function removed(item: unknown, [part, ...rest]: Path): unknown {
  if (part === undefined || read(item, [part]) === undefined) return item;
  if (rest.length > 0) return written(item, [part], removed(read(item, [part]), rest));
  if (Array.isArray(item)) return item.filter((_, index) => index !== part);
  const { [String(part)]: _, ...others } = item as Item;
  return others;
}

/** The letters by which DynamoDB names a value's type. */
export function typeOf(value: unknown): string {
  if (value === null) return 'NULL';
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number' || typeof value === 'bigint') return 'N';
  if (typeof value === 'boolean') return 'BOOL';
  if (Array.isArray(value)) return 'L';
  if (value instanceof Set) return `${typeOf([...value][0])}S`;
  return ArrayBuffer.isView(value) ? 'B' : 'M';
}

const isMap = (value: unknown): value is Item => value !== null && value !== undefined && typeOf(value) === 'M';
