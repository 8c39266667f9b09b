import { type PlainSchema, sampleOf } from '../../contract/index.ts';
import { type AtomShape, type AtomTexts, type AtomWords, source, type TableInDomain } from './texts.ts';

/** How the workflow language sees it: the same as its contract below. */
export function takingShape({ keys }: TableInDomain): AtomShape {
  const texts = (limits: PlainSchema) => Object.fromEntries(keys.map((key) => [key, { type: 'string', ...limits }]));
  const required = [...keys, 'quantity'];
  return {
    input: {
      type: 'object',
      properties: { ...texts({ minLength: 1 }), quantity: { type: 'integer', exclusiveMinimum: 0 } },
      required,
    },
    output: { type: 'object', properties: { ...texts({}), quantity: { type: 'integer' } }, required },
  };
}

/** The attribute that counts what is there. */
export const AVAILABLE = 'available';

/** A transaction that takes some of what a table has, if there is so much. */
export const takingAtom = ({ name, identifier, summary }: AtomWords, table: TableInDomain): AtomTexts => {
  const keys = table.keys.join(', ');
  const fields = (type: string) => table.keys.map((key) => `${key}: ${type}`).join(', ');
  const item = table.keys.map((key) => `${key}: ${source(sampleOf({ type: 'string' }, key))}`).join(', ');
  return {
    contract: `
import * as z from 'zod';
import { contract, transaction } from '../../../lib/contract/index.ts';
import { ${table.identifier} } from '../domain.ts';

export const ${identifier} = contract({
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? 'Takes a quantity of what is available, if there is so much.')},
  input: z.object({ ${fields('z.string().min(1)')}, quantity: z.int().positive() }),
  output: z.object({ ${fields('z.string()')}, quantity: z.int() }),
  failures: { NotAvailable: z.object({ ${fields('z.string()')}, quantity: z.int() }) },
  effect: transaction,
  uses: [${table.identifier}.allow('UpdateItem')],
});
`,
    handler: `
import { serve } from '../../../lib/runtime/index.ts';
import { ${table.identifier} } from '../domain.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, ({ ${keys}, quantity }, { table, fail }) => ({
  output: { ${keys}, quantity },
  writes: [
    {
      Update: {
        TableName: table(${table.identifier}),
        Key: { ${keys} },
        UpdateExpression: 'SET ${AVAILABLE} = ${AVAILABLE} - :quantity',
        ConditionExpression: '${AVAILABLE} >= :quantity',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
      otherwise: fail('NotAvailable', { ${keys}, quantity }),
    },
  ],
}));
`,
    test: `
import { expect, test } from '@jest/globals';
import { ContractBroken } from '../../../lib/runtime/index.ts';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler } from './handler.ts';

const wanted = { ${item}, quantity: 3 };
const holding = (available: number) => ({ '${table.name}': [{ ${item}, ${AVAILABLE}: available }] });

test('it is taken once, whatever goes wrong', () => testAtom(handler, { inputs: [wanted], tables: holding(5) }));

test('what is wanted is taken', async () => {
  const { output, tables } = await runAtom(handler, wanted, { tables: holding(5) });
  expect(output).toEqual(wanted);
  expect(tables).toEqual(holding(2));
});

test('the last of it can be taken', async () => {
  const { tables } = await runAtom(handler, wanted, { tables: holding(3) });
  expect(tables).toEqual(holding(0));
});

test.each([
  ['less than is wanted', holding(2)],
  ['nothing by that name', { '${table.name}': [] }],
])('where there is %s, it is declined and nothing is taken', async (_, tables) => {
  const run = await runAtom(handler, wanted, { tables });
  expect(run.declared).toEqual({ name: 'NotAvailable', payload: wanted });
  expect(run.tables).toEqual(tables);
});

test('taking nothing breaks the contract', async () => {
  await expect(runAtom(handler, { ...wanted, quantity: 0 })).rejects.toThrow(ContractBroken);
});
`,
  };
};
