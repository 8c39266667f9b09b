import type { StandardSchemaV1 } from '@standard-schema/spec';

/** A schema of any library that speaks Standard Schema (zod, valibot, arktype): what goes in, what comes out. */
export type Schema<Input = unknown, Output = Input> = StandardSchemaV1<Input, Output>;
