import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import {
  answerDeadLetter,
  type Letter,
  type LetterAnswered,
  type LetterOffice,
  readLetter,
} from '../../../lib/operations/index.ts';
import { environment, receiveEach } from '../../../lib/runtime/index.ts';

const clients = {
  dynamoDB: new DynamoDBClient({}),
  stepFunctions: new SFNClient({}),
  sqs: new SQSClient({}),
  sns: new SNSClient({}),
};

/** Receives the dead letters of all atoms. A thrown error has its message delivered again. */
export const handler = (event: SQSEvent, lambda: Context): Promise<SQSBatchResponse> =>
  receiveEach(event, lambda, (record) => receive(record, positionOf(record, event)));

async function receive(record: SQSRecord, position: number): Promise<void> {
  const letter = readLetter(record);
  tell(letter, await answerDeadLetter(clients, office(), letter, position));
}

const positionOf = ({ messageId }: SQSRecord, { Records }: SQSEvent): number =>
  Records.findIndex((each) => each.messageId === messageId);

const office = (): LetterOffice => ({
  table: environment('RECORDS_TABLE'),
  topicArn: environment('OPERATORS_TOPIC_ARN'),
  workflows: JSON.parse(environment('WORKFLOWS')),
  executionArnPrefix: environment('EXECUTION_ARN_PREFIX'),
  timeScale: Number(process.env.BREAKWATER_TIME_SCALE ?? '1'),
});

/** A line for each; of those that are dead for good also a metric, `DeadLettered` by atom ($0.30 a month where it occurs). */
function tell({ queue, messageId, step }: Letter, answered: LetterAnswered): void {
  const { execution, step: name, verb, contract, correlationId } = step ?? {};
  const metric = {
    _aws: {
      Timestamp: Date.now(),
      CloudWatchMetrics: [
        { Namespace: 'Breakwater', Dimensions: [['atom']], Metrics: [{ Name: 'DeadLettered', Unit: 'Count' }] },
      ],
    },
    DeadLettered: 1,
  };
  console.log(
    JSON.stringify({
      level: 'WARN',
      atom: queue,
      messageId,
      execution,
      step: name,
      verb,
      contract,
      correlationId,
      answered,
      ...(answered.became === 'kept' ? metric : {}),
    }),
  );
}
