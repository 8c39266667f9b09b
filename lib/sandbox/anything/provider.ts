import { refusal } from '../http.ts';
import type { EffectOperation } from '../operation.ts';
import type { ProviderDefinition } from '../provider.ts';

const declined = refusal(422, 'The request was refused.');

/**
 * Plays a provider of which nothing is known: it takes whatever is posted to it, once a key, and answers what it was
 * sent with a `reference` of its own; asked `GET <path>/<key>` it says what it did. So a new dependency can be run before anybody has described it.
 */
export const anything = (name: string): ProviderDefinition => ({ name, operations: [], otherwise: request });

const request = (path: string): EffectOperation => ({
  kind: 'request',
  path,
  lookup: 'find-request',
  idPrefix: 'ref_',
  fields: {},
  declined,
  perform: (body, reference) => ({ body: { ...body, reference } }),
});
