import { describe, expect, test } from '@jest/globals';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import * as z from 'zod';
import { ContractViolation, check, parse, type Schema } from './index.ts';

const Order = z.object({ orderId: z.string(), lines: z.array(z.object({ quantity: z.int() })) });

test('a value that keeps its contract comes back as its schema has parsed it', async () => {
  const schema = z.object({ country: z.string().default('DE') });
  await expect(parse(schema as Schema<unknown, unknown>, {}, 'input')).resolves.toEqual({ country: 'DE' });
});

describe('each place that breaks a contract is told', () => {
  const issue = async (schema: Schema<unknown, unknown>, value: unknown) => {
    const checked = await check(schema, value);
    return checked.valid ? [] : checked.issues.map(({ path, received }) => [path, received]);
  };

  test.each([
    ['a field', { orderId: 7, lines: [] }, [['orderId', '7']]],
    ['an element of a list', { orderId: 'o', lines: [{ quantity: 'two' }] }, [['lines[0].quantity', '"two"']]],
    ['a missing field', { lines: [] }, [['orderId', 'nothing']]],
    ['the value itself', null, [['', 'null']]],
    ['nothing at all', undefined, [['', 'nothing']]],
    [
      'several places',
      { lines: [{ quantity: 1 }, {}] },
      [
        ['orderId', 'nothing'],
        ['lines[1].quantity', 'nothing'],
      ],
    ],
  ])('%s', async (_, value, expected) => {
    expect(await issue(Order, value)).toEqual(expected);
  });

  test('what was received is cut to 120 characters', async () => {
    const [[, received] = []] = await issue(z.number(), 'x'.repeat(500));
    expect(received).toBe(`"${'x'.repeat(119)}`);
  });

  test('a library that names places by objects is read as well', async () => {
    const schema: StandardSchemaV1<unknown, unknown> = {
      '~standard': {
        version: 1,
        vendor: 'another',
        validate: async () => ({ issues: [{ message: 'too small', path: [{ key: 'lines' }, { key: 2 }] }] }),
      },
    };
    expect(await issue(schema, { lines: [1, 2, 3] })).toEqual([['lines[2]', '3']]);
  });
});

test('a violation names the value, the place, what was received and what is allowed', async () => {
  const violation = parse(Order, { orderId: 'o', lines: [{ quantity: 1.5 }] }, 'input of reserve@1.0.0');
  await expect(violation).rejects.toThrow(ContractViolation);
  await expect(violation).rejects.toThrow(
    'The input of reserve@1.0.0 breaks its contract. lines[0].quantity: Invalid input: expected int, received number (received 1.5)',
  );
});

test('a violation of the value itself says so instead of naming no place', async () => {
  await expect(parse(z.string(), 1, 'output')).rejects.toThrow(
    'The output breaks its contract. the value: Invalid input: expected string, received number (received 1)',
  );
});
