/** Atoms in two languages, their tables and queues, deployed to the emulator by plain calls of AWS's APIs. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { CreateFunctionCommand } from '@aws-sdk/client-lambda';
import { beforeAll } from '@jest/globals';
import { bundle } from '../../lib/constructs/index.ts';
import { environmentNames } from '../../lib/contract/index.ts';
import { emulatorUnderTest, ROLE, type UnderTest } from '../emulator/under-test.ts';
import { zip } from '../emulator/zip.ts';
import { createQueue, createTable, createTokenMachine } from '../fakes/resources.ts';
import { Tokens } from '../fakes/tokens.ts';
import { ConformanceStage } from './conformance/index.ts';
import { charges, parcels, stock } from './contracts.ts';

export type Language = 'python' | 'typescript';

const FOLDER = import.meta.dirname;
const RECORDS = 'records';
const IN_STOCK = 5;

/** A second for whatever would be longer. */
const TIME_SCALE = 0.01;

/** What the tests of this folder share: made once per file. */
export class Deployment {
  readonly underTest: UnderTest;
  stage!: ConformanceStage;
  tokens!: Tokens;
  #dynamoDB!: DynamoDBClient;
  #deadLetters = '';

  constructor(underTest: UnderTest) {
    this.underTest = underTest;
  }

  async start(): Promise<void> {
    const { emulator, functions, queues: sqs, stepFunctions } = this.underTest;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    });
    this.#dynamoDB = new DynamoDBClient({});
    await Promise.all([
      createTable(RECORDS, 'execution', 'step'),
      createTable(stock.name, stock.partitionKey),
      createTable(charges.name, charges.partitionKey),
      createTable(parcels.name, parcels.partitionKey, parcels.sortKey),
    ]);
    this.#deadLetters = await createQueue('dead-letters');
    const tokens = await createQueue('tokens');
    const machine = await createTokenMachine(stepFunctions, tokens);
    this.tokens = new Tokens({ stepFunctions, sqs }, machine, tokens);
    this.stage = new ConformanceStage(
      { functions, sqs, dynamoDB: this.#dynamoDB },
      { records: RECORDS, deadLetters: this.#deadLetters, tokens: this.tokens },
    );
  }

  /** Makes the Lambda function of an atom. @returns its name */
  async atom(name: string, language: Language): Promise<string> {
    const FunctionName = `${name}-in-${language}`;
    const variables = {
      RECORDS_TABLE: RECORDS,
      [environmentNames.table(stock.name)]: stock.name,
      [environmentNames.table(charges.name)]: charges.name,
      [environmentNames.table(parcels.name)]: parcels.name,
      QUEUE_URL: 'none',
      DEAD_LETTER_QUEUE_URL: this.#deadLetters,
      BREAKWATER_TIME_SCALE: String(TIME_SCALE),
    };
    await this.underTest.functions.send(
      new CreateFunctionCommand({
        FunctionName,
        ...(language === 'python'
          ? { Runtime: 'python3.13', Handler: `${name.replace('-', '_')}.handler` }
          : { Runtime: 'nodejs24.x', Handler: 'index.handler' }),
        Role: ROLE,
        Code: { ZipFile: language === 'python' ? await pythonCode() : await typeScriptCode(name) },
        Timeout: 20,
        Environment: { Variables: variables },
      }),
    );
    return FunctionName;
  }

  async stockUp(sku: string): Promise<void> {
    const Item = { sku: { S: sku }, available: { N: String(IN_STOCK) } };
    await this.#dynamoDB.send(new PutItemCommand({ TableName: stock.name, Item }));
  }

  /** How many were taken of a product that was stocked up. */
  async taken(sku: string): Promise<number> {
    const { Item } = await this.#dynamoDB.send(
      new GetItemCommand({ TableName: stock.name, Key: { sku: { S: sku } }, ConsistentRead: true }),
    );
    return IN_STOCK - Number(Item?.available?.N);
  }

  charged(orderId: string): Promise<number> {
    return this.#rowsOf(charges.name, orderId);
  }

  /** Books a parcel as an attempt would whose answer is lost. */
  async book(orderId: string, key: string): Promise<void> {
    const Item = { reference: { S: key }, id: { S: 'lost' }, orderId: { S: orderId } };
    await this.#dynamoDB.send(new PutItemCommand({ TableName: parcels.name, Item }));
  }

  booked(orderId: string): Promise<number> {
    return this.#rowsOf(parcels.name, orderId);
  }

  async #rowsOf(TableName: string, orderId: string): Promise<number> {
    const { Items = [] } = await this.#dynamoDB.send(new ScanCommand({ TableName }));
    return Items.filter((item) => item.orderId?.S === orderId).length;
  }
}

/** A deployment for the tests of a file. */
export function deploymentUnderTest(name: string): Deployment {
  const deployment = new Deployment(emulatorUnderTest(name));
  beforeAll(() => deployment.start(), 60_000);
  return deployment;
}

async function pythonCode(): Promise<Uint8Array> {
  const folder = join(FOLDER, 'python');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.py'));
  const files = names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')] as const);
  return zip(Object.fromEntries(await Promise.all(files)));
}

async function typeScriptCode(name: string): Promise<Uint8Array> {
  const root = join(FOLDER, '..', '..');
  const entry = { name, file: join(FOLDER, 'typescript', `${name}.ts`) };
  const bundles = await bundle({ entries: [entry], into: join(root, 'build', 'polyglot'), root });
  return zip({ 'index.mjs': await readFile(join(bundles.get(name)?.folder ?? '', 'index.mjs'), 'utf8') });
}
