import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';

const door = join(__dirname, 'index.ts');

test('an application that imports the client needs three AWS clients and nothing else', async () => {
  const { metafile } = await build({
    entryPoints: [door],
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    metafile: true,
    write: false,
  });
  const packages = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .map(({ path }) => path);
  expect([...new Set(packages)].filter((path) => !path.startsWith('node:')).sort()).toEqual([
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-sfn',
    '@aws-sdk/client-ssm',
    '@aws-sdk/util-dynamodb',
  ]);
});

test('importing it and making a client does nothing that keeps a process alive, and needs no region', () => {
  const script = `
    import { workflowClient } from ${JSON.stringify(door)};
    workflowClient({ name: 'ship-order', input: { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } } });
    console.log(process.getActiveResourcesInfo().filter((each) => each !== 'PipeWrap' && each !== 'TTYWrap').join());`;
  const { AWS_REGION: _, AWS_DEFAULT_REGION: __, ...env } = process.env;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { env, encoding: 'utf8' });
  expect(output.trim()).toBe('');
});
