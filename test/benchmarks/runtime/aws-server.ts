/**
 * AWS, played as little as can be: it answers the calls of DynamoDB and Step Functions that the subjects make, keeps
 * nothing, and counts. A process of its own, so that its time is nobody's CPU; the emulator would take longer than
 * what is measured. Speaks to its parent: `{ port }` once it listens, and the count of calls on `{ count: true }`.
 */
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Request {
  readonly Key?: object;
  readonly ExpressionAttributeValues?: Readonly<Record<string, unknown>>;
  readonly ReturnValues?: string;
}

let calls = 0;

/** What an update that takes or completes a step's record gives back; a hand-written stack asks for nothing. */
function updated({ Key, ExpressionAttributeValues: values = {}, ReturnValues }: Request): object {
  if (ReturnValues !== 'ALL_NEW') return {};
  const named = Object.entries(values).map(([name, value]) => [name.slice(1), value]);
  const { inProgress, now } = Object.fromEntries(named);
  const record = { status: inProgress, attempts: { N: '1' }, firstAttempt: now ?? { N: '0' } };
  return { Attributes: { ...Object.fromEntries(named), ...Key, ...record } };
}

const server = createServer(async (request, response) => {
  calls += 1;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const target = String(request.headers['x-amz-target']);
  const answer = target.endsWith('.UpdateItem') ? updated(JSON.parse(Buffer.concat(chunks).toString())) : {};
  const body = JSON.stringify(answer);
  response.writeHead(200, {
    'content-type': target.startsWith('DynamoDB') ? 'application/x-amz-json-1.0' : 'application/x-amz-json-1.1',
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': '00000000-0000-0000-0000-000000000000',
  });
  response.end(body);
});
server.keepAliveTimeout = 60_000;

/** The X-Ray daemon, to which a tracer sends its segments: they are taken and forgotten. */
const daemon = createSocket('udp4');

daemon.bind(0, '127.0.0.1', () => {
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ port: (server.address() as AddressInfo).port, daemon: daemon.address().port });
  });
});
process.on('message', () => {
  process.send?.({ calls });
});
process.on('disconnect', () => process.exit());
