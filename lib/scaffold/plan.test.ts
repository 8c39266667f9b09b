import { describe, expect, test } from '@jest/globals';
import { project, twoDomains } from '../../test/fakes/project.ts';
import {
  type AtomRequest,
  planAtom,
  planWorkflow,
  type Scaffold,
  ScaffoldError,
  type WorkflowRequest,
} from './index.ts';

const paths = ({ changes }: Scaffold) => changes.map(({ path }) => path);
const text = ({ changes }: Scaffold, end: string) => changes.find(({ path }) => path.endsWith(end))?.content ?? '';

describe('a new atom', () => {
  test('is a contract, a handler and a test in its folder, and what its domain has to know of it', () => {
    const scaffold = planAtom(project, { name: 'book-seat', table: 'seats' });
    expect(paths(scaffold)).toEqual([
      'lambdas/shop/book-seat/contract.ts',
      'lambdas/shop/book-seat/handler.ts',
      'lambdas/shop/book-seat/handler.test.ts',
      'lambdas/shop/domain.ts',
    ]);
    expect(scaffold.added).toEqual({ 'lambdas/shop/domain.ts': 'the table seats' });
  });

  test.each<[string, Omit<AtomRequest, 'name'>, string]>([
    ['nothing said', {}, 'effect: pure'],
    ['a table', { table: 'seats' }, 'effect: transaction'],
    ['a dependency', { dependency: 'labels' }, 'effect: keyed('],
    ['an effect', { effect: 'unguarded' }, 'effect: unguarded('],
    ['a keyed effect and no dependency', { effect: 'keyed' }, 'dependency: pointsProvider'],
    ['one that is looked up and no dependency', { effect: 'lookup' }, 'effect: lookup({ quietAfter: minutes(1) })'],
    ['one that is looked up', { effect: 'lookup', dependency: 'payments' }, 'dependency: payments'],
    ['an unguarded one and a dependency', { effect: 'unguarded', dependency: 'payments' }, 'dependency: payments'],
    ['a transaction that it undoes', { undoes: 'reserve-stock' }, 'compensation(reserveStock, {'],
    ['a keyed one that it undoes', { undoes: 'charge-card' }, 'dependency: payments'],
    ['a summary', { summary: 'It\'s "new".' }, 'summary: "It\'s \\"new\\"."'],
  ])('with %s', (_, request, expected) => {
    expect(text(planAtom(project, { name: 'award-points', ...request }), 'contract.ts')).toContain(expected);
  });

  test('uses a table and a dependency that its domain has, and adds none', () => {
    expect(planAtom(project, { name: 'take-stock', table: 'inventory' }).added).toEqual({});
    expect(planAtom(project, { name: 'ask-bank', dependency: 'payments' }).added).toEqual({});
  });

  test('goes into a new domain as well', () => {
    const scaffold = planAtom(project, { name: 'plan-route', domain: 'shipping', table: 'routes' });
    expect(paths(scaffold)).toContain('lambdas/shipping/domain.ts');
  });

  test('that undoes another goes to it, and is typed by it', () => {
    const scaffold = planAtom(twoDomains, { name: 'free-stock', undoes: 'reserve-stock' });
    expect(text(scaffold, 'contract.ts')).toContain("from '../reserve-stock/contract.ts'");
    const elsewhere = planAtom(twoDomains, { name: 'free-stock', undoes: 'reserve-stock', domain: 'theatre' });
    expect(text(elsewhere, 'contract.ts')).toContain("from '../../shop/reserve-stock/contract.ts'");
  });

  test.each<[string, AtomRequest, string]>([
    [
      'whose name is taken',
      { name: 'charge-card' },
      'lambdas/shop/charge-card/contract.ts declares the atom "charge-card" already.',
    ],
    [
      'called like a function of the platform',
      { name: 'start-undo' },
      'is what the platform calls something of its own',
    ],
    ['called like a bundle of the platform', { name: 'sandbox-x' }, 'is what the platform calls something of its own'],
    ['of a bad name', { name: 'Award' }, 'Use lower-case words joined by hyphens'],
    [
      'in a domain that is probably a slip',
      { name: 'a-b', domain: 'shops' },
      'There is no domain "shops". Did you mean shop? If it is to be a new one, make its folder first: mkdir lambdas/shops',
    ],
    ['of a domain of a bad name', { name: 'a-b', domain: 'My_Domain' }, 'Use lower-case words joined by hyphens'],
    ['of the platform', { name: 'a-b', domain: 'platform' }, 'The domain platform is the house’s own.'],
    [
      'that is pure and writes',
      { name: 'a-b', effect: 'pure', table: 'seats' },
      'A table is written by a transaction, and the effect is pure.',
    ],
    [
      'that is a transaction and asks',
      { name: 'a-b', effect: 'transaction', dependency: 'x' },
      'A transaction atom calls nobody outside.',
    ],
    [
      'that writes and asks',
      { name: 'a-b', table: 'seats', dependency: 'x' },
      'A transaction atom calls nobody outside.',
    ],
    [
      'that undoes what there is not',
      { name: 'a-b', undoes: 'charge-cart' },
      'There is no atom "charge-cart". Did you mean charge-card? There are: quote-order,',
    ],
    [
      'that undoes what changes nothing',
      { name: 'a-b', undoes: 'quote-order' },
      'quote-order cannot be undone: it is pure: there is nothing to undo.',
    ],
    [
      'that undoes what nobody knows of',
      { name: 'a-b', undoes: 'mail-receipt' },
      'mail-receipt cannot be undone: nobody can tell',
    ],
    [
      'that undoes an undo',
      { name: 'a-b', undoes: 'release-stock' },
      'release-stock cannot be undone: it undoes reserve-stock itself.',
    ],
    [
      'that undoes and may happen twice',
      { name: 'a-b', undoes: 'charge-card', effect: 'unguarded' },
      'An atom that undoes another happens exactly once',
    ],
    ['of a table of the platform', { name: 'a-b', table: 'records' }, 'The table "records" is the platform\'s own.'],
    ['of a table of a bad name', { name: 'a-b', table: 'My Seats' }, 'Use lower-case words joined by hyphens'],
  ])('%s is refused', (_, request, message) => {
    expect(() => planAtom(project, request)).toThrow(ScaffoldError);
    expect(() => planAtom(project, request)).toThrow(message);
  });

  test('says into which domain, where there are several or none', () => {
    expect(() => planAtom(twoDomains, { name: 'a-b' })).toThrow(
      'Say into which domain: --domain <name>. There are: shop, theatre;',
    );
    expect(() => planAtom({ ...project, domains: new Map() }, { name: 'a-b' })).toThrow('There is none yet.');
  });

  test('cannot have a table that another domain has', () => {
    expect(() => planAtom(twoDomains, { name: 'a-b', domain: 'shop', table: 'seats' })).toThrow(
      'The table "seats" belongs to the domain theatre: its name is one for the whole account. Choose another name, or --domain theatre.',
    );
  });
});

describe('what to do with a new atom', () => {
  const lines = (request: AtomRequest) => planAtom(project, request).next.find((step) => step.lines);

  test('are the very lines of its step, before what cannot be taken back', () => {
    expect(lines({ name: 'book-seat', table: 'seats' })).toEqual({
      say: 'Use it in a workflow. In state-machines/shop/sell-things/workflow.ts, the import at the top, the step before the send "receipt" (sell-things knows no seatId, no quantity: what stands there is an example):',
      lines: [
        "import { bookSeat } from '../../../lambdas/shop/book-seat/contract.ts';",
        ".step('seat', bookSeat, () => ({ seatId: 'seat-1', quantity: 1 }))",
      ],
    });
  });

  test('take from the workflow what it knows', () => {
    expect(lines({ name: 'print-label', dependency: 'labels' })?.lines?.[1]).toBe(
      ".step('label', printLabel, ({ input }) => ({ orderId: input.orderId, quantity: 1 }))",
    );
  });

  test('send what nobody waits for, at the end', () => {
    expect(lines({ name: 'mail-thanks', effect: 'unguarded' })).toMatchObject({
      say: expect.stringContaining('the send before .returns(…)'),
      lines: [expect.anything(), expect.stringContaining(".send('thanks', mailThanks,")],
    });
  });

  test('give an undo to the step that it undoes', () => {
    expect(lines({ name: 'free-stock', undoes: 'reserve-stock' })).toEqual({
      say: 'Give it to the step "hold" in state-machines/shop/sell-things/workflow.ts, in the place of release-stock: the import at the top, the option as the step\'s last argument:',
      lines: ["import { freeStock } from '../../../lambdas/shop/free-stock/contract.ts';", '{ undo: freeStock }'],
    });
  });

  test('are the command for a workflow where none can use it', () => {
    const { next } = planAtom({ ...project, workflows: [] }, { name: 'book-seat' });
    expect(next[1]?.commands).toEqual(['npm run breakwater -- new workflow <name> --domain shop --atoms book-seat']);
  });
});

describe('a new workflow', () => {
  test('of atoms takes each input from the newest step that answers it, else from its event', () => {
    const scaffold = planWorkflow(project, {
      name: 'sell-gift',
      atoms: ['quote-order', 'reserve-stock', 'charge-card', 'mail-receipt'],
    });
    expect(text(scaffold, '/workflow.ts').replace(/\s+/g, ' ')).toContain(
      [
        ".step('order', quoteOrder, ({ input }) => ({ lines: input.lines }))",
        ".step('stock', reserveStock, ({ input }) => ({ orderId: input.orderId, lines: input.lines }), { undo: releaseStock })",
        ".step('card', chargeCard, ({ input, order }) => ({ orderId: input.orderId, total: order.total, card: input.card }))",
        ".send('receipt', mailReceipt, ({ input }) => ({ orderId: input.orderId, email: input.email }))",
        '.returns(({ card }) => ({ chargeId: card.chargeId }));',
      ].join(' '),
    );
  });

  test('gives a new event what its steps need, in limits that suit all of them', () => {
    const domain = text(
      planWorkflow(project, { name: 'sell-gift', atoms: ['quote-order', 'reserve-stock', 'charge-card'] }),
      'domain.ts',
    );
    expect(domain).toContain("export const sellGiftRequested = event({ name: 'sell-gift-requested'");
    expect(domain).toContain('"price": z.int()');
    expect(domain).toContain('.min(1).max(40)');
    expect(domain).toContain('"orderId": z.string().min(1).max(20)');
    expect(domain).toContain('"card": z.string().startsWith("tok_")');
    expect(domain).not.toContain('"note"');
  });

  test('may be started by an event that is there', () => {
    const scaffold = planWorkflow(project, { name: 'keep-stock', event: 'order-placed', atoms: ['reserve-stock'] });
    expect(paths(scaffold)).not.toContain('lambdas/shop/domain.ts');
    expect(text(scaffold, '/workflow.ts')).toContain("workflow('keep-stock', orderPlaced, {");
  });

  test('without atoms gets one of its own, which takes from a table', () => {
    const scaffold = planWorkflow(project, { name: 'book-seat', domain: 'theatre' });
    expect(paths(scaffold)).toEqual([
      'state-machines/theatre/book-seat/workflow.ts',
      'state-machines/theatre/book-seat/workflow.test.ts',
      'state-machines/theatre/book-seat/demonstration.ts',
      'state-machines/theatre/book-seat/simulation.ts',
      'lambdas/theatre/reserve-seat/contract.ts',
      'lambdas/theatre/reserve-seat/handler.ts',
      'lambdas/theatre/reserve-seat/handler.test.ts',
      'lambdas/theatre/domain.ts',
    ]);
    expect(scaffold.workflow).toBe('state-machines/theatre/book-seat');
    expect(text(scaffold, 'demonstration.ts')).toContain(
      "app.putItem('seats', { seatId: 'seat-1', available: AVAILABLE })",
    );
    expect(text(scaffold, 'simulation.ts')).toContain(
      "tables: { seats: [{ seatId: 'seat-1', available: AVAILABLE }] }",
    );
  });

  test('called like one of its atoms has its kind behind its name in the code', () => {
    const scaffold = planWorkflow(project, { name: 'reserve-stock', atoms: ['reserve-stock'] });
    expect(text(scaffold, '/workflow.ts')).toContain("export const reserveStockWorkflow = workflow('reserve-stock'");
  });

  test.each<[string, WorkflowRequest, string]>([
    [
      'whose name is taken',
      { name: 'sell-things' },
      'state-machines/shop/sell-things holds the workflow "sell-things" already.',
    ],
    [
      'called like an undo machine',
      { name: 'undo-sell-things' },
      'is what the machine that undoes "sell-things" is called',
    ],
    ['of a bad name', { name: 'sell_gift' }, 'Use lower-case words joined by hyphens'],
    ['of no atoms', { name: 'sell-gift', atoms: [] }, 'A workflow has at least one step'],
    ['of an atom that there is not', { name: 'sell-gift', atoms: ['gift-wrap'] }, 'There is no atom "gift-wrap".'],
    [
      'of an undo',
      { name: 'sell-gift', atoms: ['release-stock'] },
      'release-stock is no step: it undoes reserve-stock. Name reserve-stock, and it becomes its undo.',
    ],
    [
      'whose event lacks what a step needs',
      { name: 'sell-gift', event: 'order-placed', atoms: ['charge-card'] },
      'charge-card needs total, card, which neither the event nor an earlier step has.',
    ],
    [
      'whose event may lack what a step needs',
      { name: 'sell-gift', event: 'order-placed', atoms: ['mail-receipt'] },
      'mail-receipt needs email, which neither the event nor an earlier step has.',
    ],
    ['of an event of a bad name', { name: 'sell-gift', event: 'Sold' }, 'Use lower-case words joined by hyphens'],
  ])('%s is refused', (_, request, message) => {
    expect(() => planWorkflow(project, request)).toThrow(ScaffoldError);
    expect(() => planWorkflow(project, request)).toThrow(message);
  });
});
