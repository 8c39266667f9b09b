import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { DiscoveryError, discover } from './discovery.ts';

// What discovery looks at are the exports' shapes, so that these files need no imports.
const contractFile = (name: string, version = '1.0.0') =>
  `exports.made = { kind: 'contract', name: '${name}', version: '${version}' };\n`;
const workflowFile = (name: string, uses = '', exported = 'made') =>
  `exports.${exported} = { kind: 'workflow', plan: { name: '${name}' }, contracts: new Map(${
    uses ? `[['${uses}', { name: '${uses.split('@')[0]}', version: '${uses.split('@')[1]}' }]]` : '[]'
  }) };\n`;

function house(files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(tmpdir(), 'breakwater-house-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(root, name, '..'), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const atom = (path: string, content = contractFile(path.split('/').at(-1) ?? '')) => ({
  [`lambdas/${path}/contract.ts`]: content,
  [`lambdas/${path}/handler.ts`]: '',
});

describe('the house is found by its folders', () => {
  test('atoms, plain functions of the platform, and workflows', () => {
    const root = house({
      ...atom('claims/open-claim'),
      'lambdas/claims/domain.ts': '',
      'lambdas/platform/start-undo/handler.ts': '',
      'state-machines/claims/settle-claim/workflow.ts': workflowFile('settle-claim', 'open-claim@1.2.0', 'settleClaim'),
    });
    const found = discover(root);
    expect(found.atoms).toMatchObject([
      { domain: 'claims', contract: { name: 'open-claim' }, file: join(root, 'lambdas/claims/open-claim/handler.ts') },
    ]);
    expect(found.functions).toMatchObject([{ name: 'start-undo' }]);
    expect(found.workflows).toMatchObject([{ domain: 'claims', exportName: 'settleClaim' }]);
  });

  test('nothing, where there is nothing', () => {
    expect(discover(house({}))).toEqual({ atoms: [], functions: [], workflows: [] });
  });
});

describe('what is not in its place is refused with what to change', () => {
  test.each<[string, Record<string, string>, string]>([
    [
      'a contract with another name than its folder',
      atom('claims/open-claim', contractFile('close-claim')),
      'lambdas/claims/open-claim/contract.ts exports "close-claim". An atom\'s contract bears the name of its folder: call it "open-claim", or rename the folder.',
    ],
    [
      'a contract file without a contract',
      atom('claims/open-claim', ''),
      'lambdas/claims/open-claim/contract.ts exports no contract.',
    ],
    [
      'an atom without a handler',
      { 'lambdas/claims/open-claim/contract.ts': contractFile('open-claim') },
      'lambdas/claims/open-claim has a contract.ts and no handler.ts: an atom needs both.',
    ],
    [
      'a handler without a contract',
      { 'lambdas/claims/open-claim/handler.ts': '' },
      'lambdas/claims/open-claim has a handler.ts and no contract.ts: an atom needs both.',
    ],
    [
      'two atoms of one name',
      { ...atom('claims/notify'), ...atom('orders/notify') },
      'lambdas/orders/notify/handler.ts and lambdas/claims/notify/handler.ts are both called "notify-v1". Names of atoms are unique: rename one.',
    ],
    [
      'a workflow with another name than its folder',
      { 'state-machines/claims/settle-claim/workflow.ts': workflowFile('settle') },
      'state-machines/claims/settle-claim/workflow.ts exports the workflow "settle". A workflow bears the name of its folder: call it "settle-claim", or rename the folder.',
    ],
    [
      'two workflows in one file',
      { 'state-machines/claims/a/workflow.ts': workflowFile('a', '', 'one') + workflowFile('a', '', 'two') },
      'state-machines/claims/a/workflow.ts exports 2 workflows. Export exactly one; another gets a folder of its own.',
    ],
    [
      'a step whose atom has no folder',
      { 'state-machines/claims/a/workflow.ts': workflowFile('a', 'open-claim@1.0.0') },
      'Workflow "a" uses open-claim@1.0.0, and no folder in lambdas holds it. Add lambdas/<domain>/open-claim with contract.ts and handler.ts, or use another atom.',
    ],
    [
      'a step whose atom has another major version',
      { ...atom('claims/open-claim'), 'state-machines/claims/a/workflow.ts': workflowFile('a', 'open-claim@2.0.0') },
      'Workflow "a" uses open-claim@2.0.0, and its folder holds open-claim@1.0.0.',
    ],
  ])('%s', (_, files, message) => {
    const look = () => discover(house(files));
    expect(look).toThrow(DiscoveryError);
    expect(look).toThrow(message);
  });
});
