import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { OnLoadResult, OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { withPointMap } from './bundle-packages.ts';

/**
 * Leaves out of a bundle what no Lambda uses of the packages in it. A cold start reads and compiles every byte, used or
 * not: this is a third of an atom's bundle. What is left out fails with a message that says so, should anybody need it;
 * `npm run bench -- runtime` shows what it is worth, and where a package changes so that a cut does not fit any more,
 * the bundle is larger and works all the same.
 */
export const lean: Plugin = {
  name: 'lean',
  setup: (build) => {
    const { onResolve, onLoad } = build;
    for (const replacement of REPLACEMENTS) {
      onResolve({ filter: replacement.replaces }, async (args) => {
        if (!replacement.importedBy.test(args.importer)) return undefined;
        const pluginData = await whereItsImportsAre(build, replacement, args);
        if (pluginData === undefined) return undefined;
        return { path: replacement.name, namespace: REPLACED, pluginData, sideEffects: false };
      });
    }
    onLoad({ filter: /.*/, namespace: REPLACED }, ({ path, pluginData }) => ({
      contents: withPointMap(REPLACEMENTS.find(({ name }) => name === path)?.source ?? NO_JMESPATH),
      resolveDir: pluginData,
      loader: 'js',
    }));
    onLoad({ filter: /[\\/]node_modules[\\/]@aws-sdk[\\/].*[\\/]package\.json$/ }, ({ path }) => versionOnly(path));
    idempotencyWithoutJmesPath(build);
  },
};

const REPLACED = 'breakwater-lean';

/**
 * The folder of the package that is replaced: package managers let a package see its own dependencies and no others.
 * Undefined where one that the replacement needs is not there, as in another version.
 */
async function whereItsImportsAre(
  { resolve }: PluginBuild,
  { imports }: Replacement,
  { path, kind, resolveDir }: OnResolveArgs,
): Promise<string | undefined> {
  const replaced = await resolve(path, { kind, resolveDir });
  const folder = dirname(replaced.path);
  const found = await Promise.all(imports.map((each) => resolve(each, { kind, resolveDir: folder })));
  return [replaced, ...found].some(({ errors }) => errors.length > 0) ? undefined : folder;
}

interface Replacement {
  /** What is imported. */
  readonly replaces: RegExp;
  /** The files for which it is replaced; others get what they ask for. */
  readonly importedBy: RegExp;
  readonly name: string;
  /** The packages that its source imports. */
  readonly imports: readonly string[];
  readonly source: string;
}

const FROM_ENVIRONMENT = '@aws-sdk/credential-provider-env';
const FROM_ADDRESS = '@aws-sdk/credential-provider-http';

const REPLACEMENTS: readonly Replacement[] = [
  {
    // The chain of all sources brings clients of STS, SSO and the sign-in service with it, their XML and their rules. A
    // Lambda's credentials are in its environment, or at the address that the environment names.
    replaces: /^@aws-sdk\/credential-provider-node$/,
    importedBy: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]dist-es[\\/]runtimeConfig\.js$/,
    name: 'credentials',
    imports: [FROM_ENVIRONMENT, FROM_ADDRESS],
    source: `
      import { fromEnv } from ${JSON.stringify(FROM_ENVIRONMENT)};
      import { fromHttp } from ${JSON.stringify(FROM_ADDRESS)};
      const refuse = (reason) => {
        const error = new Error(
          reason + ' Breakwater bundles a Lambda with the credentials that Lambda provides (AWS_ACCESS_KEY_ID and ' +
          'AWS_SECRET_ACCESS_KEY, or AWS_CONTAINER_CREDENTIALS_FULL_URI). For any other source pass "credentials" to ' +
          'the client, such as fromIni() or fromTemporaryCredentials() of @aws-sdk/credential-providers.',
        );
        throw Object.assign(error, { name: 'CredentialsProviderError', tryNextLink: false });
      };
      const find = async (init) => {
        const { env } = process;
        const profile = init.profile ?? env.AWS_PROFILE;
        if (profile) return refuse('The credentials of the profile "' + profile + '" were asked for.');
        if (env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY) return fromEnv(init)();
        if (env.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI || env.AWS_CONTAINER_CREDENTIALS_FULL_URI) return fromHttp(init)();
        return refuse('There are no credentials.');
      };
      const lasts = ({ expiration }) => !expiration || expiration.getTime() - Date.now() > 300_000;
      export const defaultProvider = (init = {}) => {
        let known;
        return async () => (known && lasts(known) ? known : (known = await find(init)));
      };`,
  },
  {
    // DynamoDB's client makes a cache for endpoint discovery, and no command of it looks there.
    replaces: /^@aws-sdk\/middleware-endpoint-discovery$/,
    importedBy: /[\\/]@aws-sdk[\\/]client-dynamodb[\\/]/,
    name: 'endpoint-discovery',
    imports: [],
    source: `
      const never = () => undefined;
      export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
        environmentVariableSelector: never, configFileSelector: never, default: false,
      };
      export const resolveEndpointDiscoveryConfig = (input) => input;`,
  },
];

/** Clients tell AWS their version, and for that take in all that stands in their package.json. */
async function versionOnly(path: string): Promise<OnLoadResult> {
  const { version } = JSON.parse(await readFile(path, 'utf8'));
  return { contents: JSON.stringify({ version }), loader: 'json' };
}

const IDEMPOTENCY = 'breakwater-idempotency';

/**
 * Powertools' idempotency finds its key with JMESPath, a language with a parser of its own; the runtime hands it the key.
 * So the runtime has a copy without. A handler that uses Powertools' idempotency itself has the whole of it.
 */
const idempotencyWithoutJmesPath = ({ onResolve, onLoad, resolve }: PluginBuild): void => {
  onResolve({ filter: /^@aws-lambda-powertools\/idempotency(\/|$)/ }, async ({ path, importer, kind, resolveDir }) => {
    if (!RUNTIME.includes(dirname(importer))) return undefined;
    const found = await resolve(path, { kind, resolveDir });
    return found.errors.length > 0 ? undefined : { path: found.path, namespace: IDEMPOTENCY, sideEffects: false };
  });
  onResolve({ filter: /^\./, namespace: IDEMPOTENCY }, ({ path, resolveDir }) => ({
    path: join(resolveDir, path),
    namespace: IDEMPOTENCY,
    sideEffects: false,
  }));
  onResolve({ filter: /^@aws-lambda-powertools\/jmespath(\/|$)/, namespace: IDEMPOTENCY }, () => ({
    path: 'no-jmespath',
    namespace: REPLACED,
    sideEffects: false,
  }));
  onLoad({ filter: /.*/, namespace: IDEMPOTENCY }, async ({ path }) => ({
    contents: withPointMap(await readFile(path, 'utf8')),
    resolveDir: dirname(path),
    loader: 'js',
  }));
};

/** Where the runtime lies beside this file: in the repository, and in the package as either kind of module. */
const RUNTIME = ['../runtime', '../../esm/runtime', '../../cjs/runtime'].map((path) => join(import.meta.dirname, path));

/** CommonJS, so that a name more or less which a newer version imports is no mistake of the bundle's. */
const NO_JMESPATH = `
  exports.search = () => {
    throw new Error('The idempotency of Breakwater’s runtime is bundled without JMESPath.');
  };
  exports.PowertoolsFunctions = class {};`;
