import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { apply } from './change.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'breakwater-change-'));
  mkdirSync(join(root, 'lambdas/orders'), { recursive: true });
  writeFileSync(join(root, 'lambdas/orders/domain.ts'), 'old\n');
});

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const everything = () => readdirSync(root, { recursive: true }).sort();
const contract = { path: 'lambdas/orders/new/contract.ts', content: 'contract\n' };
const domain = { path: 'lambdas/orders/domain.ts', content: 'new\n', before: 'old\n' };

test('new files are made with their folders, and a file that is there gets its new text', async () => {
  await apply(root, [contract, domain]);
  expect([read(contract.path), read(domain.path)]).toEqual(['contract\n', 'new\n']);
  expect(everything()).toEqual([
    'lambdas',
    'lambdas/orders',
    'lambdas/orders/domain.ts',
    'lambdas/orders/new',
    'lambdas/orders/new/contract.ts',
  ]);
});

test('taken back, everything is as it was, and what came into new folders meanwhile is gone too', async () => {
  const before = everything();
  const takeBack = await apply(root, [contract, domain]);
  writeFileSync(join(root, 'lambdas/orders/new/generated.json'), '{}');
  await takeBack();
  expect(everything()).toEqual(before);
  expect(read(domain.path)).toBe('old\n');
});

test('a file that exists is not overwritten, and nothing else is written', async () => {
  mkdirSync(join(root, 'lambdas/orders/new'));
  writeFileSync(join(root, contract.path), 'mine\n');
  await expect(apply(root, [domain, contract])).rejects.toThrow(
    'lambdas/orders/new/contract.ts exists already, and nothing is overwritten.',
  );
  expect([read(contract.path), read(domain.path)]).toEqual(['mine\n', 'old\n']);
});

test('a file that somebody has changed meanwhile is left alone, and nothing is written', async () => {
  writeFileSync(join(root, domain.path), 'edited\n');
  await expect(apply(root, [contract, domain])).rejects.toThrow('lambdas/orders/domain.ts was changed meanwhile.');
  expect(read(domain.path)).toBe('edited\n');
  expect(existsSync(join(root, contract.path))).toBe(false);
});

test('what fails in the middle takes back what was written before', async () => {
  const before = everything();
  const impossible = { path: 'lambdas/orders/domain.ts/contract.ts', content: '' };
  await expect(apply(root, [domain, contract, impossible])).rejects.toThrow(/ENOTDIR|EEXIST/);
  expect(everything()).toEqual(before);
  expect(read(domain.path)).toBe('old\n');
});
