export { Admission, type AdmissionProps } from './admission.ts';
export { Atom, type AtomProps, type DependencyEndpoint } from './atom.ts';
export { itemStatement } from './atom-permissions.ts';
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
export { BreakwaterSynthError } from './errors.ts';
export type { FunctionHostingProps, HostingProps } from './hosting.ts';
export { LiveFunction, type LiveFunctionProps } from './live-function.ts';
export { executionArnsOf, functionNameOf, queueNameOf, stateMachineArnOf } from './names.ts';
export { protection, RecordsTable, type RecordsTableProps } from './records-table.ts';
export { UndoStarter, type UndoStarterProps } from './undo-starter.ts';
export { Workflow, type WorkflowProps } from './workflow.ts';
