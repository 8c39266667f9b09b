export { BreakwaterApp } from './app.ts';
export { bundleEntries } from './bundles.ts';
export { discover, type Found } from './discovery.ts';
export { BUS, OPERATORS_TOPIC, RECORDS_TABLE, SANDBOX_FAULTS, SANDBOX_LEDGER, tableNameOf } from './names.ts';
