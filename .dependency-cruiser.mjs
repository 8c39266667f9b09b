// The arrows between the rooms (docs/architecture.md): each points one way, and CI holds them.
const room = (name) => `^lib/${name}/`;
const may = (from, to) => ({
  name: `${from}-may-use-only-${to.join('-') || 'itself'}`,
  severity: 'error',
  comment: `lib/${from} stands on ${to.join(', ') || 'nothing else'} alone.`,
  from: { path: room(from), pathNot: '\\.test\\.ts$' },
  to: { path: '^(lib|lambdas|state-machines|bin|test|scripts)/', pathNot: [from, ...to].map(room).join('|') },
});

export default {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    may('contract', []),
    may('workflow', ['contract']),
    may('asl', ['contract', 'workflow']),
    may('analysis', ['contract', 'workflow']),
    may('runtime', ['contract']),
    may('testing', ['contract', 'workflow', 'runtime', 'simulation']),
    {
      ...may('simulation', ['contract', 'workflow', 'asl', 'runtime', 'sandbox']),
      comment: 'lib/simulation runs the real platform: its Lambdas, and what they do.',
      to: {
        path: '^(lib|lambdas|state-machines|bin|test|scripts)/',
        pathNot: '^lib/(simulation|contract|workflow|asl|runtime|sandbox)/|^lambdas/platform/[^/]+/handler\\.ts$',
      },
    },
    may('scaffold', ['contract', 'workflow', 'stacks']),
    may('slo', ['contract']),
    may('sandbox', ['contract']),
    may('operations', ['contract']),
    may('assembly', []),
    may('client', ['contract', 'operations']),
    may('constructs', ['contract', 'workflow', 'asl', 'slo']),
    may('stacks', ['contract', 'workflow', 'asl', 'slo', 'constructs']),
    {
      name: 'doors',
      severity: 'error',
      comment: 'A room is entered by its index.ts.',
      from: { path: '^(lib/[^/]+)/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^lib/[^/]+/.+',
        pathNot: [
          '^$1/',
          '^lib/[^/]+/index\\.ts$',
          '^lib/local/[^/]+/index\\.ts$',
          '^lib/sandbox/[^/]+/handler\\.ts$',
          '^lib/operations/executions\\.ts$',
        ],
      },
    },
    {
      name: 'atoms-know-no-cdk',
      severity: 'error',
      comment: 'A handler imports its contract, the runtime and what its effect needs; never CDK, never another room.',
      from: { path: '^lambdas/', pathNot: '\\.test\\.ts$' },
      to: {
        path: '^(lib|state-machines|bin|test)/|aws-cdk-lib|constructs',
        pathNot: '^lib/(contract|runtime|operations)/index\\.ts$|^lib/constructs/$',
      },
    },
    {
      name: 'workflows-import-contracts',
      severity: 'error',
      comment:
        'A workflow imports contracts, never handlers. Its demonstration, beside it, shows it on this machine; its simulation says in which world it is proved.',
      from: { path: '^state-machines/', pathNot: '/(demonstration|simulation)\\.ts$' },
      to: { path: '/handler\\.ts$|^lib/', pathNot: '^lib/(contract|workflow)/index\\.ts$' },
    },
    {
      name: 'the-client-is-small',
      severity: 'error',
      comment:
        'Other applications import it: it needs Step Functions, DynamoDB and SSM, and nothing else of operations.',
      from: { path: '^lib/client/', pathNot: '\\.test\\.ts$' },
      to: { path: '^lib/operations/index\\.ts$' },
    },
    {
      name: 'no-cdk-outside-constructs',
      severity: 'error',
      from: { path: '^(lib|lambdas|state-machines)/', pathNot: '^lib/(constructs|stacks|local|assembly)/' },
      to: { path: 'aws-cdk-lib' },
    },
    {
      name: 'local-is-for-bin-and-tests',
      severity: 'error',
      from: { path: '^(lib|lambdas|state-machines)/', pathNot: '^lib/(local|console)/|/demonstration\\.ts$' },
      to: { path: room('local') },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: 'node_modules/(?!aws-cdk-lib|constructs)|/generated/' },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.json'] },
  },
};
