import { expect, test } from '@jest/globals';
import { readSettings, SettingsError } from './settings.ts';

const settingsOf = (context: Readonly<Record<string, unknown>>) =>
  readSettings({ tryGetContext: (key: string) => context[key] } as Parameters<typeof readSettings>[0]);

test('nothing set: real time, the sandbox, for AWS', () => {
  expect(settingsOf({})).toEqual({
    timeScale: 1,
    mailFrom: 'orders@example.com',
    sandbox: true,
    dependencies: {},
    maxConcurrency: 10,
    target: 'aws',
  });
});

test('values from the command line are texts', () => {
  const dependencies = '{"payments":{"url":"https://example.com","key":"k"}}';
  expect(settingsOf({ timeScale: '0.05', sandbox: 'false', target: 'emulator', dependencies })).toMatchObject({
    timeScale: 0.05,
    sandbox: false,
    target: 'emulator',
    dependencies: { payments: { url: 'https://example.com', key: 'k' } },
  });
});

test.each([
  ['timeScale', 0, 'The context value "timeScale" is 0; allowed is a number above 0 and at most 1; 1 is real time.'],
  ['timeScale', 'fast', '"fast"'],
  ['mailFrom', 'orders', 'allowed is a mail address'],
  ['sandbox', 'maybe', 'allowed is true, false'],
  ['maxConcurrency', 1, 'allowed is a whole number from 2 to 1000, as AWS allows'],
  ['target', 'azure', 'allowed is aws, emulator, localstack'],
  ['dependencies', '{', 'allowed is { "<dependency>": { "url": "https://…", "key": "…" } }'],
  ['dependencies', { payments: { url: 'https://example.com' } }, '"dependencies"'],
])('%s: %j is refused', (key, value, message) => {
  expect(() => settingsOf({ [key]: value })).toThrow(SettingsError);
  expect(() => settingsOf({ [key]: value })).toThrow(message);
});
