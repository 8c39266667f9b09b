export {
  CompensatedPrefix,
  DECLARED_PREFIX,
  declaredErrorName,
  ErrorName,
  TERMINAL_ERRORS,
  undoneBy,
  undoVersionIn,
} from './answers.ts';
export { type Checked, check, parse } from './check.ts';
export type { Compensable } from './compensable.ts';
export {
  type AnyContract,
  type Contract,
  type ContractDefinition,
  compensation,
  contract,
  contractId,
  type Example,
  type Failures,
  isCalledDirectly,
  majorId,
} from './contract.ts';
export { checkTimeScale, defaults, type RetryPolicy, scaled } from './defaults.ts';
export {
  type Duration,
  days,
  describeDuration,
  hours,
  inSeconds,
  longest,
  milliseconds,
  minutes,
  seconds,
  sum,
} from './duration.ts';
export {
  type Effect,
  type FindableEffect,
  type FindableKeyedEffect,
  isFindable,
  isUndoable,
  type KeyedEffect,
  keyed,
  type LookupEffect,
  leavesSomething,
  lookup,
  type PureEffect,
  pure,
  type TransactionEffect,
  transaction,
  type UnguardedEffect,
  unguarded,
} from './effect.ts';
export {
  ENVELOPE_VERSION,
  type Envelope,
  executionKey,
  lifetime,
  type Settlement,
  type Undone,
  undoPath,
  type Verb,
} from './envelope.ts';
export { ContractDefinitionError, ContractViolation, type Issue } from './errors.ts';
export { type AnyEventContract, type EventContract, type EventDetail, event } from './event.ts';
export { canonicalJson, executionName } from './identity.ts';
export { type ContractSchemas, jsonSchemaOf } from './json-schema.ts';
export { MASK, personal } from './personal.ts';
export { type PersonalData, personalDataOf } from './personal-data.ts';
export { textMask } from './personal-text.ts';
export {
  nullableOf,
  type PlainSchema,
  plainSchemaOf,
  requiredFields,
  type SampleOptions,
  sampleOf,
} from './plain-schema.ts';
export { brokenPreconditions, type Precondition, type Preconditions } from './precondition.ts';
export { protocolSchemas } from './protocol-schemas.ts';
export {
  type Dependency,
  dependency,
  environmentNames,
  type MailUse,
  mail,
  type Resource,
  type Table,
  type TableAction,
  type TableUse,
  table,
} from './resources.ts';
export { END_STATUSES, type EndStatus, RESULT_ATTRIBUTES, RESULT_STEP, type ResultRow } from './result.ts';
export type { Schema } from './schema.ts';
export type { JsonSchema } from './schema-sides.ts';
export { type StepTimes, stepTimes, type Timed } from './times.ts';
export { checkName, checkVersion, majorOf } from './version.ts';
