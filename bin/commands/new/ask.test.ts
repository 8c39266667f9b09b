import { describe, expect, test } from '@jest/globals';
import { project, twoDomains } from '../../../test/fakes/project.ts';
import { type Asked, askAtom, askWorkflow } from './ask.ts';

interface Question {
  readonly message: string;
  readonly default?: string;
  readonly choices?: readonly { readonly value: unknown; readonly name: string }[];
  readonly validate?: (text: string) => true | string;
}

/** Somebody who answers one question after another: a text, the name of a choice, or several of them. */
function answering(...answers: readonly (string | readonly string[])[]) {
  const questions: Question[] = [];
  const left = [...answers];
  const answer = (question: Question): unknown => {
    questions.push(question);
    const next = left.shift();
    if (next === undefined) throw new Error(`Nobody answers ${question.message}`);
    if (!question.choices) return next || question.default;
    const values = [next]
      .flat()
      .map((name) => question.choices?.find((choice) => choice.name.startsWith(String(name)))?.value);
    if (values.includes(undefined))
      throw new Error(`No such choice: ${JSON.stringify(next)} of ${JSON.stringify(question.choices)}`);
    return Array.isArray(next) ? values : values[0];
  };
  const ask = async (question: Question) => answer(question);
  const asked = { input: ask, select: ask, checkbox: ask } as unknown as Asked;
  return { asked, questions, left };
}

describe('an atom', () => {
  test('of which nothing is said is asked for from its name to its table', async () => {
    const { asked, questions, left } = answering('book-seat', 'tables of this account', 'shop', 'a new one', '');
    expect(await askAtom(project, {}, asked)).toEqual({
      name: 'book-seat',
      effect: 'transaction',
      domain: 'shop',
      table: 'seats',
    });
    expect(left).toEqual([]);
    expect(questions.map(({ message }) => message)).toEqual([
      'What does the atom do? In lower-case words with hyphens, such as award-points:',
      'What does it change?',
      'Into which domain (lambdas/…)?',
      'Which table does it write?',
      'Which table does it write? A name for the new one:',
    ]);
  });

  test('that undoes another needs neither domain nor effect', async () => {
    const { asked } = answering('free-stock', 'it takes back', 'reserve-stock');
    expect(await askAtom(project, {}, asked)).toEqual({ name: 'free-stock', undoes: 'reserve-stock' });
  });

  test('that asks a provider is asked which', async () => {
    const { asked } = answering('something at a provider', 'payments');
    expect(await askAtom(project, { name: 'pay-out', domain: 'shop' }, asked)).toEqual({
      name: 'pay-out',
      domain: 'shop',
      effect: 'keyed',
      dependency: 'payments',
    });
  });

  test('is asked for nothing that was said', async () => {
    const given = { name: 'pay-out', domain: 'shop', effect: 'pure' } as const;
    expect(await askAtom(project, given, answering().asked)).toEqual(given);
    const undo = { name: 'free-stock', undoes: 'reserve-stock' };
    expect(await askAtom(project, undo, answering().asked)).toEqual(undo);
  });

  test('is told at once what is wrong with its name', async () => {
    const { asked, questions } = answering('fine-name', 'nothing', 'shop');
    await askAtom(project, {}, asked);
    const [{ validate = () => true } = {}] = questions;
    expect(validate('charge-card')).toContain('declares the atom "charge-card" already');
    expect(validate('Charge')).toContain('lower-case words');
    expect(validate('fine-name')).toBe(true);
  });

  test('may go into a new domain, whose name is looked at too', async () => {
    const { asked, questions } = answering('a new one', 'shipping');
    const request = await askAtom(twoDomains, { name: 'plan-route', effect: 'pure' }, asked);
    expect(request).toMatchObject({ domain: 'shipping' });
    expect(questions[1]?.validate?.('shops')).toContain('Did you mean shop?');
  });
});

describe('a workflow', () => {
  test('is asked for its atoms and its event', async () => {
    const { asked, left } = answering('keep-stock', 'shop', ['reserve-stock', 'mail-receipt'], 'order-placed');
    expect(await askWorkflow(project, {}, asked)).toEqual({
      name: 'keep-stock',
      domain: 'shop',
      atoms: ['reserve-stock', 'mail-receipt'],
      event: 'order-placed',
    });
    expect(left).toEqual([]);
  });

  test('of no atoms gets one of its own, and an event of its own', async () => {
    expect(await askWorkflow(project, { name: 'book-seat', domain: 'shop' }, answering([]).asked)).toEqual({
      name: 'book-seat',
      domain: 'shop',
    });
  });

  test('offers no undo as a step', async () => {
    const { asked, questions } = answering([]);
    await askWorkflow(project, { name: 'book-seat', domain: 'shop' }, asked);
    expect(questions[0]?.choices?.map(({ value }) => value)).toEqual([
      'quote-order',
      'reserve-stock',
      'charge-card',
      'mail-receipt',
    ]);
  });
});

test('whoever presses Ctrl-C is told that nothing was written', async () => {
  const input = async () => {
    throw Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' });
  };
  await expect(askAtom(project, {}, { input } as unknown as Asked)).rejects.toThrow('Nothing was written.');
});
