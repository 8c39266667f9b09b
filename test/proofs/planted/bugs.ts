import type { PlantedBug } from './bug.ts';

const RUNTIME = 'lib/runtime';

/** Mistakes against the step protocol, each of which somebody has made somewhere. */
export const BUGS: readonly PlantedBug[] = [
  {
    name: 'a replay answers nobody: the answer is inside the idempotent part',
    edits: [
      {
        file: `${RUNTIME}/serve.ts`,
        replace: 'const heard = await answer(envelope, reply);',
        by: "const heard = performed.kind === 'replayed' ? {} : await answer(envelope, reply);",
      },
    ],
  },
  {
    name: 'the key is made from the task token',
    edits: [
      {
        file: `${RUNTIME}/envelope.ts`,
        replace: 'return value as Envelope;',
        by: "return { ...(value as Envelope), step: token && fields.verb === 'do' ? fields.step + token : fields.step } as Envelope;",
      },
    ],
  },
  {
    name: 'Powertools’ own persistence layer',
    edits: [
      {
        file: `${RUNTIME}/persistence.ts`,
        replace: "import type { StepKey, StepRecord } from './record.ts';",
        by: "import type { StepKey, StepRecord } from './record.ts';\nimport { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';",
      },
      {
        file: `${RUNTIME}/persistence.ts`,
        replace: 'persistenceStore: new StepPersistence(store)',
        by: "persistenceStore: 'lease' in store ? new DynamoDBPersistenceLayer({ tableName: process.env.RECORDS_TABLE ?? '', keyAttr: 'execution', sortKeyAttr: 'step', staticPkValue: store.key.execution }) : new StepPersistence(store)",
      },
      // It knows of no lease.
      { file: `${RUNTIME}/stores.ts`, replace: '  lease = 0;', by: '  lease = Number.POSITIVE_INFINITY;' },
    ],
  },
  {
    name: 'settle trusts that there is no record, and fences nothing',
    edits: [
      {
        file: `${RUNTIME}/settle.ts`,
        replace: "await records.putFinal(key, { fenced: 'settled before any attempt' }, undefined, origin(envelope));",
        by: '',
      },
    ],
  },
  {
    name: 'settle does not wait for the end of the lease',
    edits: [
      {
        file: `${RUNTIME}/settle.ts`,
        replace: 'if (over >= now) {',
        by: 'if (over >= now) return { happened: false, reason: "" };\n  if (over >= now) {',
      },
    ],
  },
  {
    name: 'settle lets new attempts begin while it waits',
    edits: [
      {
        file: `${RUNTIME}/records.ts`,
        replace: ' AND attribute_not_exists(fencing)${again.text})',
        by: '${again.text})',
      },
    ],
  },
  {
    name: 'a claim does not ask whether the lease is over',
    edits: [
      {
        file: `${RUNTIME}/records.ts`,
        replace:
          'lease < :over AND (attribute_not_exists(attemptEnds) OR attemptEnds <= :lease) AND attribute_not_exists(fencing)${again.text})',
        by: '(lease < :over OR lease > :zero)${again.text})',
      },
    ],
  },
  {
    name: 'whoever comes last writes the outcome',
    edits: [
      {
        file: `${RUNTIME}/records.ts`,
        replace:
          "UpdateExpression: 'SET #status = :completed, outcome = :outcome REMOVE lease, #owner, fencing',\n      ConditionExpression: '#status = :inProgress AND #owner = :owner',",
        by: "UpdateExpression: 'SET #status = :completed, outcome = :outcome REMOVE lease, #owner, fencing',\n      ConditionExpression: '#owner <> :inProgress OR #status <> :owner',",
      },
    ],
  },
  {
    name: 'an error takes the attempt back, though the provider may have been reached',
    edits: [
      { file: `${RUNTIME}/stores.ts`, replace: 'const given = this.attempted', by: 'const given = this.attempt === 0' },
    ],
  },
  {
    name: 'an attempt makes a provider key of its own',
    edits: [
      {
        file: `${RUNTIME}/provider.ts`,
        replace: "{ ...headers, 'idempotency-key': key }",
        by: "{ ...headers, 'idempotency-key': crypto.randomUUID() }",
      },
    ],
  },
  {
    name: 'a stale attempt is begun',
    edits: [
      {
        file: `${RUNTIME}/perform.ts`,
        replace: 'notStartedAfter !== undefined && Date.now() > notStartedAfter',
        by: 'notStartedAfter === 0',
      },
    ],
  },
  {
    name: 'two tokens are mixed up',
    edits: [
      {
        file: `${RUNTIME}/serve.ts`,
        replace: 'return token === undefined ? {} : { heard: await send(token, what) };',
        by: 'if (token === undefined) return {};\n  const store = globalThis as { lastToken?: string };\n  const other = store.lastToken ?? token;\n  store.lastToken = token;\n  return { heard: await send(other, what) };',
      },
    ],
  },
  {
    name: 'a record expires after an hour',
    edits: [
      {
        file: `${RUNTIME}/record.ts`,
        replace: 'Math.ceil((notAfter + defaults.recordGrace.milliseconds) / 1_000)',
        by: 'Math.ceil(Math.min(notAfter, Date.now() + 3_600_000) / 1_000)',
      },
    ],
  },
  {
    name: 'a message is done with while another attempt runs',
    edits: [
      {
        file: `${RUNTIME}/serve.ts`,
        replace: "tell('waiting', { error });\n      throw error;",
        by: "tell('waiting', { error });\n      return;",
      },
    ],
  },
  {
    name: 'a step without an answer is done with',
    edits: [
      {
        file: `${RUNTIME}/serve.ts`,
        replace: "tell('unanswered', { error });\n    throw error;",
        by: "tell('unanswered', { error });",
      },
    ],
  },
  {
    name: 'a transaction does not ask whether it was made before',
    edits: [
      {
        file: `${RUNTIME}/records.ts`,
        replace:
          "Item: marshalled(finalRecord(key, outcome, input, origin)),\n        ConditionExpression: 'attribute_not_exists(execution)',\n        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',\n      },\n    };",
        by: 'Item: marshalled(finalRecord(key, outcome, input, origin)),\n      },\n    };',
      },
    ],
  },
  {
    name: 'a decline is tried again by the state machine',
    edits: [
      {
        file: 'lib/asl/tasks.ts',
        replace: 'atomRetriers(defaults.step, timeScale, atom.failures.map(declaredErrorName))',
        by: 'atomRetriers(defaults.step, timeScale)',
      },
    ],
  },
  {
    name: 'the machine’s time limit cuts compensation off',
    edits: [{ file: 'lib/asl/compile.ts', replace: 'TimeoutSeconds: inSeconds(timeout),', by: 'TimeoutSeconds: 60,' }],
  },
  {
    name: 'an unknown outcome is not settled',
    edits: [
      {
        file: 'lib/asl/forward.ts',
        replace: 'Next: hasEffect(atom) ? this.#wayBack.settle(node) : undoBefore,',
        by: 'Next: undoBefore,',
      },
    ],
  },
  {
    name: 'what was done first is undone first',
    edits: [
      {
        file: 'lib/asl/compensation.ts',
        replace: "(node): node is StepNode => node.kind === 'step' && hasEffect(node.atom),\n  );",
        by: "(node): node is StepNode => node.kind === 'step' && hasEffect(node.atom),\n  ).toReversed();",
      },
    ],
  },
  {
    name: 'a failing undo ends the way back',
    edits: [
      {
        file: 'lib/asl/compensation.ts',
        replace: "Catch: [parked(step.name, 'undo', entry)],",
        by: "Catch: [parked(step.name, 'undo', HOW_IT_ENDED)],",
      },
    ],
  },
  {
    name: 'nobody hears of executions that a person stopped',
    edits: [
      {
        file: 'lib/operations/undo.ts',
        replace: "if (status === 'SUCCEEDED') return",
        by: "if (status === 'SUCCEEDED' || status === 'ABORTED') return",
      },
    ],
  },
  {
    name: 'an execution that compensated itself is undone again, without records',
    edits: [
      { file: 'lib/operations/undo.ts', replace: "if (status === 'FAILED' && ", by: "if (status === 'NEVER' && " },
      {
        file: `${RUNTIME}/perform.ts`,
        replace: 'step: undoPath(key.step) }',
        by: 'step: undoPath(key.step) + Date.now() }',
      },
    ],
  },
  {
    name: 'parked steps are told of, and written nowhere',
    edits: [
      {
        file: 'lib/operations/park.ts',
        replace: 'await dynamoDB.send(new PutItemCommand(',
        by: 'void (() => new PutItemCommand(',
      },
    ],
  },
  {
    name: 'an undo does not ask what became of the step',
    edits: [
      {
        file: `${RUNTIME}/perform.ts`,
        replace: 'const nothing = reasonForNothing(done);',
        by: "const nothing = done?.outcome && 'declined' in done.outcome ? undefined : 'it is said that nothing happened';",
      },
    ],
  },
  {
    name: 'an undo that was begun is not begun again: its failure passes for success',
    edits: [
      {
        file: `${RUNTIME}/serve.ts`,
        replace: 'return answer(envelope, answerOfError(error));',
        by: "return answer(envelope, envelope.verb === 'undo' ? { output: '{}' } : answerOfError(error));",
      },
    ],
  },
  {
    name: 'a dead letter is kept, and answers nobody',
    edits: [
      {
        file: 'lib/operations/dead-letters.ts',
        replace: 'await stepFunctions.send(\n      new SendTaskFailureCommand(',
        by: 'await Promise.resolve(\n      new SendTaskFailureCommand(',
      },
    ],
  },
  {
    name: 'what no event told of is not looked for',
    edits: [
      {
        file: 'lib/operations/sweep.ts',
        replace: 'const looked = turn(suspects, Date.now());',
        by: 'const looked = turn(suspects, Date.now()).slice(0, 0);',
      },
    ],
  },
  {
    name: 'an event that could not be let in is done with',
    edits: [
      {
        file: 'lib/runtime/admission.ts',
        replace: "{ kind: 'put off', reason });\n    throw error;",
        by: "{ kind: 'put off', reason });",
      },
    ],
  },
  {
    name: 'a settlement counts what it found as another attempt, and lets the key go',
    edits: [
      {
        file: 'lib/runtime/settle.ts',
        replace: 'await records.complete(record, owner, outcome);',
        by: 'await records.release(record, owner);',
      },
    ],
  },
];
