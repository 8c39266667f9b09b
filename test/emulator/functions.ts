/** Lambda functions, as the tests of the emulator make and call them. */
import {
  CreateFunctionCommand,
  InvokeCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { ROLE, type UnderTest, unique } from './under-test.ts';
import { zip } from './zip.ts';

export interface FunctionOptions {
  readonly timeoutSeconds?: number;
  readonly variables?: Record<string, string>;
  /** Of the source. Left out, JavaScript. */
  readonly language?: 'javascript' | 'python';
}

/** Makes a function from the text of a CommonJS or Python module that has a `handler`; gives its name. */
export async function createFunction(
  { functions }: UnderTest,
  source: string,
  { timeoutSeconds = 5, variables = {}, language = 'javascript' }: FunctionOptions = {},
): Promise<string> {
  const name = unique('function');
  await functions.send(
    new CreateFunctionCommand({
      FunctionName: name,
      Runtime: language === 'python' ? 'python3.13' : 'nodejs24.x',
      Handler: 'index.handler',
      Role: ROLE,
      Code: { ZipFile: zip({ [language === 'python' ? 'index.py' : 'index.js']: source }) },
      Timeout: timeoutSeconds,
      Environment: { Variables: variables },
    }),
  );
  return name;
}

/** Gives a function other code and publishes that as a version. */
export async function publish({ functions }: UnderTest, name: string, source: string): Promise<string> {
  await functions.send(new UpdateFunctionCodeCommand({ FunctionName: name, ZipFile: zip({ 'index.js': source }) }));
  return (await functions.send(new PublishVersionCommand({ FunctionName: name }))).Version ?? '';
}

/** What a call came to. */
export interface Answer {
  readonly error: string | undefined;
  readonly payload: unknown;
}

export async function invoke(
  { functions }: UnderTest,
  name: string,
  event: unknown = {},
  qualifier?: string,
  clientContext?: object,
): Promise<Answer> {
  const { FunctionError, Payload } = await functions.send(
    new InvokeCommand({
      FunctionName: name,
      Payload: JSON.stringify(event),
      ...(qualifier && { Qualifier: qualifier }),
      ...(clientContext && { ClientContext: Buffer.from(JSON.stringify(clientContext)).toString('base64') }),
    }),
  );
  return { error: FunctionError, payload: JSON.parse(Buffer.from(Payload ?? []).toString()) };
}
