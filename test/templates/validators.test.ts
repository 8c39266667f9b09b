import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import validate from 'asl-validator';
import { cfnLint } from './cfn-lint.ts';
import { everything, makeApp, templatesOf } from './house.ts';
import { resourcesOf } from './resources.ts';

/** CDK names a role in DependsOn beside referring to it, so that its policies are there too. */
const MEANT = new Set(['W3005']);

const app = makeApp({}, everything);

test('cfn-lint finds nothing in any template', async () => {
  const templates = app.synth().stacks.map(({ templateFullPath }) => templateFullPath);
  const findings = await cfnLint(templates);
  expect(findings.filter(({ rule }) => !MEANT.has(rule))).toEqual([]);
}, 180_000);

test('cfn-lint is looking: a planted mistake is found', async () => {
  const template = join(mkdtempSync(join(tmpdir(), 'breakwater-planted-')), 'planted.template.json');
  const Properties = { VisibilityTimeout: 'soon' };
  writeFileSync(template, JSON.stringify({ Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties } } }));
  expect(await cfnLint([template])).toMatchObject([
    { rule: 'E3012', path: 'Resources/Queue/Properties/VisibilityTimeout' },
  ]);
}, 180_000);

const machines = [...templatesOf(app).values()].flatMap((template) =>
  resourcesOf(template, 'AWS::StepFunctions::StateMachine').map(({ Properties }) => Properties),
);

test.each(machines)('asl-validator finds nothing in $StateMachineName as it is deployed', (machine) => {
  const definition = machine.DefinitionString.replace(
    /\$\{(\w+?)(Queue|Function|Bus)\}/g,
    (_: string, name: string, kind: string) =>
      kind === 'Function' ? `arn:aws:lambda:eu-west-1:111122223333:function:${name}` : `https://example.com/${name}`,
  );
  const { isValid, errorsText } = validate(JSON.parse(definition));
  expect(isValid ? '' : errorsText()).toBe('');
});

test('a definition stays far below what a state machine may hold', () => {
  // 1 MB, "Service quotas" in the developer guide.
  for (const { DefinitionString } of machines) expect(DefinitionString.length).toBeLessThan(256 * 1024);
});
