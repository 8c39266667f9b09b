import { expect, test } from '@jest/globals';
import * as z from 'zod';
import {
  check,
  contract,
  jsonSchemaOf,
  plainSchemaOf,
  pure,
  type SampleOptions,
  type Schema,
  sampleOf,
} from './index.ts';

const plain = (schema: Schema) =>
  plainSchemaOf(
    jsonSchemaOf(
      contract({ name: 'of', version: '1.0.0', summary: 'For a test.', input: schema, output: schema, effect: pure }),
    ).output,
  );

const none: SampleOptions = { elements: 0 };

test.each<[string, Schema, SampleOptions, unknown]>([
  ['a pair', z.tuple([z.int(), z.boolean()]), {}, [1, true]],
  ['a pair and more', z.tuple([z.int()], z.boolean()), none, [1]],
  ['a list', z.array(z.int()), {}, [1]],
  ['a list of nothing', z.array(z.int()).max(0), {}, []],
  ['a list that may be empty', z.array(z.string().regex(/^x\d$/)), none, []],
  ['a list of three', z.array(z.int()).length(3), none, [1, 1, 1]],
  ['a number below nothing', z.number().negative(), {}, -1],
  ['a number above five', z.number().gt(5), {}, 6],
  ['a whole number below nothing', z.int().negative(), {}, -1],
  ['a text or a number', z.union([z.int(), z.string()]), {}, 1],
])('a sample of %s is taken by its schema', async (_, schema, options, sample) => {
  expect(sampleOf(plain(schema), 'n', options)).toEqual(sample);
  expect(await check(schema, sample)).toMatchObject({ valid: true });
});
