export { Admission, type AdmissionProps } from './admission.ts';
export { Atom } from './atom.ts';
export type { AtomContract } from './atom-contract.ts';
export { itemStatement } from './atom-permissions.ts';
export type { AtomProps, DependencyEndpoint } from './atom-props.ts';
export type { AtomReferenceProps, IAtom } from './atom-reference.ts';
export { AvailabilityAlarms, type AvailabilityAlarmsProps } from './availability-alarms.ts';
export {
  type Bundle,
  type BundleEntry,
  BundleError,
  type BundleOptions,
  type Bundler,
  bundle,
  describeSizes,
  inputsOf,
  openBundler,
  readBundles,
} from './bundle.ts';
export type { CodeProps } from './code.ts';
export { BreakwaterSynthError } from './errors.ts';
export type { ExistingFunctionProps } from './existing-function.ts';
export type { FunctionHostingProps, HostingProps } from './hosting.ts';
export { LiveFunction, type LiveFunctionProps } from './live-function.ts';
export { MARK, type Mark } from './mark.ts';
export { Names } from './names.ts';
export { Platform, type PlatformProps } from './platform.ts';
export type { IPlatform } from './platform-reference.ts';
export { protection, RecordsTable, type RecordsTableProps } from './records-table.ts';
export { Workflow, type WorkflowProps } from './workflow.ts';
