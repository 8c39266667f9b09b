import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { appCommand } from './cdk-tool.ts';
import { run } from './command.ts';
import { deploy } from './deploy.ts';
import { environmentFor } from './environment.ts';
import { DeploymentFailed, NoEmulator } from './errors.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'breakwater-deployment-'));

describe('a command', () => {
  const command = (script: string, directory = folder()) => ({
    phase: 'do it',
    arguments: ['-e', script],
    directory,
    environment: { PATH: process.env.PATH },
    logFile: join(directory, 'log'),
  });

  test('that fails says what could not be done, with its last lines, and where all of them are', async () => {
    const failing = command(
      "for (let i = 1; i < 40; i++) console.log('line ' + i); console.error('no such bucket'); process.exitCode = 3",
    );
    const error = await run(failing).catch((each: unknown) => each);
    expect(error).toBeInstanceOf(DeploymentFailed);
    expect((error as Error).message).toMatch(/^Could not do it\. The end of .*log:\n {2}line 21\n/);
    expect((error as Error).message).toMatch(/no such bucket$/);
    expect(readFileSync(failing.logFile, 'utf8')).toContain('line 1\n');
  });

  test('leaves out of its last words what went well', async () => {
    const script =
      "console.log('Stack | 1/9 | CREATE_COMPLETE | AWS::SQS::Queue | Q'); console.log('Stack | CREATE_FAILED | no'); process.exitCode = 1";
    const error = await run(command(script)).catch((each: Error) => each);
    expect((error as Error).message.split('\n').slice(1)).toEqual(['  Stack | CREATE_FAILED | no']);
  });

  test('can be ended in the middle', async () => {
    const controller = new AbortController();
    const running = run({ ...command('setInterval(() => {}, 1000)'), signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});

describe('the environment of an emulator', () => {
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('leads to no real account', () => {
    process.env.AWS_PROFILE = 'production';
    process.env.AWS_SESSION_TOKEN = 'real';
    process.env.CDK_DEFAULT_ACCOUNT = '111122223333';
    const environment = environmentFor('http://127.0.0.1:4566', 'ministack');
    expect(Object.keys(environment)).not.toEqual(expect.arrayContaining(['AWS_PROFILE']));
    expect(environment).not.toHaveProperty('AWS_SESSION_TOKEN');
    expect(environment).toMatchObject({
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_ACCESS_KEY_ID: 'test',
      CDK_DEFAULT_ACCOUNT: '000000000000',
      PATH: process.env.PATH,
    });
    expect(environment).not.toHaveProperty('AWS_ENDPOINT_URL_S3');
  });

  test('has an endpoint for buckets on LocalStack', () => {
    expect(environmentFor('http://127.0.0.1:4566', 'localstack')).toMatchObject({
      AWS_ENDPOINT_URL_S3: 'http://s3.localhost.localstack.cloud:4566',
    });
  });
});

describe('the app', () => {
  test('is run as cdk.json says, with its context', async () => {
    const root = folder();
    writeFileSync(join(root, 'cdk.json'), '{"app":"node bin/app.ts","context":{"flag":true}}');
    expect(await appCommand(root, { timeScale: 0.1 })).toEqual({
      arguments: ['bin/app.ts'],
      environment: { CDK_CONTEXT_JSON: '{"flag":true,"timeScale":0.1}' },
    });
  });

  test('that is no script for Node is refused', async () => {
    const root = folder();
    writeFileSync(join(root, 'cdk.json'), '{"app":"python app.py"}');
    await expect(appCommand(root, {})).rejects.toThrow('cdk.json\'s app is "python app.py"');
  });
});

test.each([
  ['https://sts.us-east-1.amazonaws.com', 'looks like AWS. This deploys to an emulator'],
  ['http://127.0.0.1:9', 'Nothing answers at http://127.0.0.1:9. Start an emulator'],
])('nothing is deployed to %s', async (endpoint, message) => {
  const failed = deploy({ endpoint, logFile: join(folder(), 'log') });
  await expect(failed).rejects.toThrow(NoEmulator);
  await expect(failed).rejects.toThrow(message);
});
