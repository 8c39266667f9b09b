/** What a call needs to be allowed, as IAM names it. */
export interface Permission {
  /** `dynamodb:PutItem`. */
  readonly action: string;
  /** As the request names it: a table's name, a queue's URL, an ARN, a mail address; `*` when it names none. */
  readonly resource: string;
}

/** Actions that IAM knows by the name of another one. */
const SAME_AS: Readonly<Record<string, string>> = {
  'sqs:SendMessageBatch': 'sqs:SendMessage',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
  'lambda:Invoke': 'lambda:InvokeFunction',
};

/** The parts of a DynamoDB transaction, each of which needs a permission of its own; the transaction needs none. */
const PARTS: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
  Get: 'GetItem',
};

/** Fields that name a resource, in the order in which they are looked for. */
const RESOURCE_FIELDS = [
  'TableName',
  'QueueUrl',
  'stateMachineArn',
  'executionArn',
  'TopicArn',
  'FromEmailAddress',
  'EventBusName',
  'SecretId',
  'KeyId',
  'Name',
];

/** Nothing for calls to providers: IAM has no say in them. */
export function permissionsOf(operation: string, path: string, text: string): readonly Permission[] {
  const dot = operation.indexOf('.');
  const [service, name] = [operation.slice(0, dot), operation.slice(dot + 1)];
  if (service === 'http') return [];
  const body = parse(text);
  if (service === 'dynamodb' && name.startsWith('Transact')) return transactionParts(body);
  const action = SAME_AS[`${service}:${name}`] ?? `${service}:${name}`;
  if (name === 'PutEvents') return listOf(body.Entries).map((entry) => ({ action, resource: resourceIn(entry) }));
  if (name.startsWith('Batch')) {
    return Object.keys(objectOf(body.RequestItems)).map((resource) => ({ action, resource }));
  }
  const invoked = /^\/2015-03-31\/functions\/([^/]+)\//.exec(path)?.[1];
  return [{ action, resource: invoked ? decodeURIComponent(invoked) : resourceIn(body) }];
}

const transactionParts = (body: Fields): readonly Permission[] =>
  listOf(body.TransactItems).flatMap((item) =>
    Object.entries(item).flatMap(([part, request]) => {
      const name = PARTS[part];
      return name ? [{ action: `dynamodb:${name}`, resource: resourceIn(objectOf(request)) }] : [];
    }),
  );

function resourceIn(body: Fields): string {
  const named = RESOURCE_FIELDS.map((field) => body[field]).find((value) => typeof value === 'string');
  const index = body.TableName && typeof body.IndexName === 'string' ? `/index/${body.IndexName}` : '';
  return typeof named === 'string' ? named + index : '*';
}

type Fields = Readonly<Record<string, unknown>>;

const objectOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? { ...value } : {});
const listOf = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.map(objectOf) : []);

/** The body's fields, of JSON or of the query protocol. */
function parse(text: string): Fields {
  try {
    return objectOf(JSON.parse(text));
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}
