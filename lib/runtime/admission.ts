import { createHash } from 'node:crypto';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Context as LambdaContext, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import {
  canonicalJson,
  check,
  days,
  defaults,
  executionKey,
  executionName,
  type Schema,
  sum,
} from '../contract/index.ts';
import { clientSettings, clients, lazily } from './clients.ts';
import { environment } from './environment.ts';
import { writeLine } from './line.ts';
import { stepRecords } from './perform.ts';
import { deliverAgainAt, nextTry, receiveEach } from './queue.ts';
import { Taken } from './record.ts';
import type { Records } from './records.ts';

/** What admission has to know of a workflow. */
export interface Admissible {
  readonly plan: { readonly name: string };
  readonly input: Schema<unknown, unknown>;
}

/** What became of one event. */
type Admission =
  | { readonly kind: 'started' | 'duplicate' }
  | { readonly kind: 'rejected'; readonly reason: string }
  /** Delivered again later. */
  | { readonly kind: 'put off'; readonly reason: string };

/**
 * Makes the Lambda handler that lets events into a workflow: checks the payload, names the execution after the
 * producer's event id, so that an event sent twice starts one order, and starts it. An order that somebody else started
 * under that id has to have the same payload. What is refused goes to the rejected queue with the reason, and an event
 * `event-rejected` says so.
 */
export function admit(workflow: Admissible): (event: SQSEvent, lambda: LambdaContext) => Promise<SQSBatchResponse> {
  return (event, lambda) => receiveEach(event, lambda, (record) => receiveOrBackOff(workflow, record));
}

/** Throttling is the usual cause: together the events of a wave back off until they fit into the account's quota. */
async function receiveOrBackOff(workflow: Admissible, record: SQSRecord): Promise<void> {
  try {
    await receive(workflow, record);
  } catch (error) {
    await deliverAgainAt(record, nextTry(record));
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    tell(workflow, idOf(detailOf(record.body)), { kind: 'put off', reason });
    throw error;
  }
}

async function receive(workflow: Admissible, record: SQSRecord): Promise<void> {
  const detail = detailOf(record.body);
  const admission = await admitDetail(workflow, detail, stepRecords());
  const eventId = idOf(detail);
  if (admission.kind === 'rejected') await reject(workflow.plan.name, record.body, eventId, admission.reason);
  tell(workflow, eventId, admission);
}

function tell({ plan }: Admissible, eventId: string | undefined, admission: Admission): void {
  writeLine({
    level: admission.kind === 'rejected' || admission.kind === 'put off' ? 'WARN' : 'INFO',
    workflow: plan.name,
    eventId,
    // What all lines of the order have in common, so that one query finds this one too.
    ...(eventId ? { correlationId: executionName(eventId) } : {}),
    admission,
  });
}

async function admitDetail({ plan, input }: Admissible, detail: unknown, records: Records): Promise<Admission> {
  const id = idOf(detail);
  if (!id) return rejected('detail.id is missing: it is a text that names the event for ever.');
  const data = (detail as { data?: unknown }).data;
  const checked = await check(input, data);
  if (!checked.valid) {
    const places = checked.issues.map(
      ({ path, message, received }) => `${path ? `data.${path}` : 'data'}: ${message} (received ${received})`,
    );
    return rejected(places.join('; '));
  }
  const name = executionName(id);
  const digest = createHash('sha256').update(canonicalJson(data)).digest('hex');
  const key = { execution: executionKey(plan.name, name), step: '~admission' };
  const origin = { contract: plan.name, correlationId: name, notAfter: Date.now() + RETENTION.milliseconds };
  try {
    await records.putFinal(key, { value: { eventId: id, digest } }, undefined, origin);
  } catch (error) {
    if (!(error instanceof Taken)) throw error;
    const outcome = error.record?.outcome;
    const known = outcome && 'value' in outcome ? (outcome.value as { digest: string }).digest : undefined;
    if (known !== digest) return rejected(`Event ${id} was admitted before with another payload.`);
  }
  return start(id, name, data);
}

async function start(id: string, name: string, data: unknown): Promise<Admission> {
  const input = JSON.stringify(data);
  try {
    await clients
      .stepFunctions()
      .send(new StartExecutionCommand({ stateMachineArn: environment('STATE_MACHINE_ARN'), name, input }));
    return { kind: 'started' };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ExecutionAlreadyExists') return compare(id, name, data);
    if (REFUSED_FOR_GOOD.has(error.name)) return rejected(`${error.name}: ${error.message}`);
    throw error;
  }
}

/**
 * Of two starts under one id: a client's, say, and an event's. Only the same payload is the same order.
 * @throws while the execution cannot be read, which lags behind its start: the event is delivered again
 */
async function compare(id: string, name: string, data: unknown): Promise<Admission> {
  const executionArn = executionArnOf(environment('STATE_MACHINE_ARN'), name);
  const { input } = await clients.stepFunctions().send(new DescribeExecutionCommand({ executionArn }));
  if (input === undefined) throw new Error(`Step Functions does not say what ${executionArn} was started with.`);
  if (canonicalJson(JSON.parse(input)) === canonicalJson(data)) return { kind: 'duplicate' };
  return rejected(
    `${id} was started before with another payload, not by this event: there is an execution ${executionArn}. An id names one order for ever: send a new order as an event with an id of its own.`,
  );
}

/** @param aliasArn `arn:…:stateMachine:<machine>:<alias>` */
const executionArnOf = (aliasArn: string, name: string): string =>
  `${aliasArn.replace(':stateMachine:', ':execution:').replace(/:[^:]+$/, '')}:${name}`;

async function reject(workflow: string, body: string, eventId: string | undefined, reason: string): Promise<void> {
  // The event first: told again it has the same id, and a message sent again would lie there twice.
  const id = `${workflow}:${eventId ?? 'unnamed'}/rejected`;
  const detail = { id, version: '1.0.0', correlationId: eventId ?? id, data: { workflow, eventId, reason } };
  const { FailedEntryCount = 0, Entries = [] } = await events().send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: environment('EVENT_BUS_NAME'),
          Source: 'breakwater',
          DetailType: 'event-rejected',
          Detail: JSON.stringify(detail),
        },
      ],
    }),
  );
  // PutEvents throws nothing for an entry that it did not take.
  if (FailedEntryCount > 0) {
    const [{ ErrorCode = 'unknown', ErrorMessage = '' } = {}] = Entries;
    throw new Error(`The event ${id} could not be published: ${ErrorCode} ${ErrorMessage}`);
  }
  await clients.sqs().send(
    new SendMessageCommand({
      QueueUrl: environment('REJECTED_QUEUE_URL'),
      MessageBody: body,
      MessageAttributes: { reason: { DataType: 'String', StringValue: reason } },
    }),
  );
}

/** Cut: of a large payload everything may be wrong, and the reason has to fit into a message and an event. */
const rejected = (reason: string): Admission => ({ kind: 'rejected', reason: reason.slice(0, 1_000) });

/** How long the same event id is known: names of executions are free again after 90 days. */
const RETENTION = sum(days(90), defaults.recordGrace);

const events = lazily(() => new EventBridgeClient(clientSettings));

const REFUSED_FOR_GOOD = new Set(['InvalidExecutionInput', 'InvalidName', 'ValidationException']);

function detailOf(body: string): unknown {
  try {
    return (JSON.parse(body) as { detail?: unknown }).detail;
  } catch {
    return undefined;
  }
}

const idOf = (detail: unknown): string | undefined =>
  detail !== null && typeof detail === 'object' && 'id' in detail && typeof detail.id === 'string' && detail.id !== ''
    ? detail.id
    : undefined;
