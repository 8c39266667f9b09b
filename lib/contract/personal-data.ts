import { MASK } from './personal.ts';
import {
  allWithin,
  areMarked,
  expanded,
  markedNames,
  type Named,
  namedIn,
  ofNames,
  type Place,
  PlaceMap,
  within,
} from './personal-places.ts';
import type { Schema } from './schema.ts';
import { sidesOf } from './schema-sides.ts';

/** Where a schema's values hold personal data. */
export interface PersonalData {
  /** Whether anything is marked at all. */
  readonly any: boolean;
  /** Names of the marked properties, wherever they stand. */
  readonly names: ReadonlySet<string>;
  /** A value with what is marked masked, and so is what the schema does not describe: nobody knows what that is. */
  masked(value: unknown): unknown;
  /** What stands in the marked places of a value, and in those that the schema does not describe, as text. */
  valuesOf(value: unknown): ReadonlySet<string>;
}

/**
 * What a schema marks as personal data, worked out once from its JSON Schema. A library without one marks nothing; a
 * schema that JSON Schema cannot say (zod's can: what has no words there is left open) counts as personal as a whole.
 */
export function personalDataOf(schema: Schema): PersonalData {
  const known = worked.get(schema);
  if (known) return known;
  const data = of(placesOf(schema));
  worked.set(schema, data);
  return data;
}

const worked = new WeakMap<Schema, PersonalData>();

function placesOf(schema: Schema): readonly Place[] {
  try {
    // What zod has no words for, a date for instance, shall not hide the marks around it.
    const sides = sidesOf(schema, { target: 'draft-2020-12', libraryOptions: { unrepresentable: 'any' } });
    return expanded(sides.map((side) => ({ schema: side, root: side })));
  } catch {
    const everything = { personal: true };
    return [{ schema: everything, root: everything }];
  }
}

function of(root: readonly Place[]): PersonalData {
  if (!areMarked(allWithin(root))) return NOTHING;
  const walk = (value: unknown, described: Described, found: Set<string>): unknown => {
    if (value === undefined || value === null) return value;
    if (described.isMarked) return hidden(value, found);
    if (typeof value !== 'object') return described.holdsMarked ? hidden(value, found) : value;
    if (Array.isArray(value)) return value.map((each, index) => walk(each, described.at(index), found));
    return Object.fromEntries(
      Object.entries(value).map(([name, each]) => [
        described.hasSecretNames ? hidden(name, found) : name,
        walk(each, described.at(name), found),
      ]),
    );
  };
  const whole = new Described(root);
  return {
    any: true,
    names: markedNames(root),
    masked: (value) => walk(value, whole, new Set()),
    valuesOf: (value) => {
      const found = new Set<string>();
      walk(value, whole, found);
      return found;
    },
  };
}

/** What describes a value: found once, for all values of a schema. As many as there are ways to be described, no more. */
class Described {
  /** What nothing describes may be anything. */
  readonly isMarked: boolean;
  readonly hasSecretNames: boolean;
  readonly #places: readonly Place[];
  readonly #named: Named;
  /** All of a schema, by the places that they stand for. */
  readonly #all: PlaceMap<Described>;
  readonly #parts = new Map<string | number, Described>();
  #otherElement: Described | undefined;
  #otherProperty: Described | undefined;
  #holdsMarked: boolean | undefined;

  constructor(places: readonly Place[], all = new PlaceMap<Described>()) {
    this.#places = places;
    this.#all = all;
    this.#named = namedIn(places);
    this.isMarked = places.length === 0 || areMarked(places);
    this.hasSecretNames = areMarked(ofNames(places));
  }

  /** Whether anything is marked in it, however deep: then it is not what stands here, and may be anything. */
  get holdsMarked(): boolean {
    this.#holdsMarked ??= areMarked(allWithin(this.#places));
    return this.#holdsMarked;
  }

  at(key: string | number): Described {
    const { properties, elements, byPattern } = this.#named;
    if (typeof key === 'number' ? key < elements : properties.has(key)) {
      const known = this.#parts.get(key) ?? this.#part(key);
      this.#parts.set(key, known);
      return known;
    }
    if (typeof key === 'number') {
      this.#otherElement ??= this.#part(key);
      return this.#otherElement;
    }
    if (byPattern) return this.#part(key);
    this.#otherProperty ??= this.#part(key);
    return this.#otherProperty;
  }

  #part(key: string | number): Described {
    const places = within(this.#places, key);
    return this.#all.get(places, () => new Described(places, this.#all));
  }
}

const NOTHING: PersonalData = {
  any: false,
  names: new Set(),
  masked: (value) => value,
  valuesOf: () => new Set(),
};

/** Masks a value whole, and keeps the text and the numbers in it. */
function hidden(value: unknown, found: Set<string>): typeof MASK {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') found.add(String(value));
  else if (typeof value === 'object') for (const each of Object.values(value ?? {})) hidden(each, found);
  return MASK;
}
