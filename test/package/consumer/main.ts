// Uses the package as its users do, and prints what came of it:
// node main.js <the file of the handlers> <a folder for the bundle> <an envelope>
import { bundle } from 'breakwater/constructs';
import { runAtom, testAtom } from 'breakwater/testing';
import { templateOf } from './app.js';
import { handler, openHandler } from './handlers.js';
import { settleClaim } from './workflow.js';

async function main([file = '', into = '', envelope = '']: readonly string[]): Promise<void> {
  const bundles = await bundle({ entries: [{ name: 'claims', file }], into, root: process.cwd() });
  const { folder = '', bytes = 0 } = bundles.get('claims') ?? {};
  const output = await handler(JSON.parse(envelope), {} as never);
  await testAtom(handler);
  const { tables } = await runAtom(openHandler, { claimId: 'c-1' });
  const assembly = `${into}.cdk.out`;
  const template = templateOf(settleClaim, folder, assembly);
  console.log(JSON.stringify({ output, tables, bytes, folder, assembly, template }));
}

void main(process.argv.slice(2));
