export { BreakwaterApp, type BreakwaterAppProps } from './app.ts';
export { bundleEntries } from './bundles.ts';
export { DiscoveryError, discover, type Found, type FoundAtom, type FoundWorkflow } from './discovery.ts';
export { BUS, OPERATORS_TOPIC, RECORDS_TABLE, SANDBOX_FAULTS, SANDBOX_LEDGER, tableNameOf } from './names.ts';
export { readSettings, type Settings, SettingsError, type Target } from './settings.ts';
