import { sampleOf } from '../../contract/index.ts';
import { AVAILABLE } from './taking.ts';
import { type AtomTexts, type AtomWords, source, type TableInDomain, type UndoneStep } from './texts.ts';

/** The compensation of a step that takes a quantity of something: it makes it available again. */
export const givingBackAtom = (
  { name, identifier, summary }: AtomWords,
  undone: UndoneStep,
  table: TableInDomain,
): AtomTexts => {
  const keys = table.keys.join(', ');
  const item = table.keys.map((key) => `${key}: ${source(sampleOf({ type: 'string' }, key))}`).join(', ');
  return {
    contract: `
import * as z from 'zod';
import { compensation, transaction } from '../../../lib/contract/index.ts';
import { ${table.identifier} } from '../domain.ts';
import { ${undone.identifier} } from '${undone.importPath}';

export const ${identifier} = compensation(${undone.identifier}, {
  name: '${name}',
  version: '1.0.0',
  summary: ${source(summary ?? `Makes available again what ${undone.name} took.`)},
  output: z.object({ ${AVAILABLE}: z.int() }),
  effect: transaction,
  uses: [${table.identifier}.allow('UpdateItem')],
});
`,
    handler: `
import { serve } from '../../../lib/runtime/index.ts';
import { ${table.identifier} } from '../domain.ts';
import { ${identifier} } from './contract.ts';

export const handler = serve(${identifier}, ({ input: { ${keys}, quantity } }, { table }) => ({
  output: { ${AVAILABLE}: quantity },
  writes: [
    {
      Update: {
        TableName: table(${table.identifier}),
        Key: { ${keys} },
        UpdateExpression: 'ADD ${AVAILABLE} :quantity',
        ExpressionAttributeValues: { ':quantity': quantity },
      },
    },
  ],
}));
`,
    test: `
import { expect, test } from '@jest/globals';
import { runAtom, testAtom } from '../../../lib/testing/index.ts';
import { handler as take } from '${undone.importPath.replace(/contract\.ts$/, 'handler.ts')}';
import { handler } from './handler.ts';

const taken = { ${item}, quantity: 3 };

test('what was there before is there again, whatever goes wrong', () =>
  testAtom(take, { undo: handler, inputs: [taken], tables: { '${table.name}': [{ ${item}, ${AVAILABLE}: 5 }] } }));

test('what was taken is available again', async () => {
  const { output, tables } = await runAtom(
    handler,
    { input: taken, output: taken },
    { tables: { '${table.name}': [{ ${item}, ${AVAILABLE}: 2 }] } },
  );
  expect(output).toEqual({ ${AVAILABLE}: 3 });
  expect(tables).toEqual({ '${table.name}': [{ ${item}, ${AVAILABLE}: 5 }] });
});
`,
  };
};
