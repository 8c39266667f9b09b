import { ContractDefinitionError } from './errors.ts';

/** `1.2.3`, as semver.org has it, without pre-release tags: what is deployed is released. */
const SEMANTIC = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/;

/** @throws ContractDefinitionError for anything but three numbers */
export function checkVersion(subject: string, version: string): string {
  if (SEMANTIC.test(version)) return version;
  throw new ContractDefinitionError(
    subject,
    `The version is "${version}".`,
    'Write a semantic version of three numbers, such as 1.0.0.',
  );
}

export const majorOf = (version: string): number => Number(version.split('.')[0]);

/** Names of contracts, events, tables and workflows go into ARNs, queue names and metric dimensions. */
const KEBAB = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** @throws ContractDefinitionError unless lower-case words joined by hyphens, at most 48 characters */
export function checkName(kind: string, name: string): string {
  if (KEBAB.test(name) && name.length <= 48) return name;
  throw new ContractDefinitionError(
    `${kind} "${name}"`,
    'Its name becomes part of ARNs and queue names.',
    'Use lower-case words joined by hyphens, at most 48 characters, such as charge-payment.',
  );
}
