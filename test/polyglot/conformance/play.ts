import { setTimeout as sleep } from 'node:timers/promises';
import { Validator } from '@cfworker/json-schema';
import { type JsonSchema, protocolSchemas } from '../../../lib/contract/index.ts';
import { providerKey } from '../../../lib/runtime/context.ts';
import type { Heard, Waiting } from '../../fakes/tokens.ts';
import type { ConformingAtom } from './atom.ts';
import type { Act, ConformanceCase, Expected, Scene } from './case.ts';
import { fulfils, Script } from './script.ts';
import type { ConformanceStage } from './stage.ts';

/** As often as a state machine tries a step; with pauses in which a lease of the shortest kind runs out. */
const TRIES = 40;
const PAUSE_MS = 300;

let orders = 0;

/**
 * Plays a case with an atom.
 * @returns what was otherwise than the case says, a sentence each; nothing when the atom conforms
 */
export async function play(
  { given, lost, play: scenes, effects, record, undoRecord }: ConformanceCase,
  atom: ConformingAtom,
  stage: ConformanceStage,
): Promise<readonly string[]> {
  orders += 1;
  const script = new Script(atom, `${atom.contract.split('@')[0]}-${orders}-${process.pid}`);
  await atom.prepare?.(script.order);
  await stage.buried();
  if (given) await stage.leave(script.key, script.filled(given) as object as Record<string, unknown>);
  if (lost) await atom.lose?.(script.order, providerKey(script.key));
  const player = new Player(atom, stage, script);
  for (const [index, scene] of scenes.entries()) await player.scene(scene, `act ${index + 1}`);
  if (effects !== undefined) player.expect('the effects in the end', await atom.effects?.(script.order), effects);
  if (record === null) player.expect('the record in the end', await stage.record(script.key), undefined);
  if (record) player.expect('the record in the end', await stage.record(script.key), script.filled(record));
  if (undoRecord) player.expect('the undo’s record', await stage.record(script.undoKey), script.filled(undoRecord));
  return player.deviations;
}

class Player {
  readonly deviations: string[] = [];
  readonly #atom: ConformingAtom;
  readonly #stage: ConformanceStage;
  readonly #script: Script;

  constructor(atom: ConformingAtom, stage: ConformanceStage, script: Script) {
    this.#atom = atom;
    this.#stage = stage;
    this.#script = script;
  }

  expect(what: string, received: unknown, expected: unknown): void {
    if (fulfils(received, expected)) return;
    this.deviations.push(`${what}: expected ${JSON.stringify(expected)}, received ${JSON.stringify(received)}`);
  }

  async scene(scene: Scene, where: string): Promise<void> {
    if ('together' in scene) {
      await this.#warm(scene.together);
      await Promise.all(scene.together.map((act, index) => this.#untilAnswered(act, `${where}.${index + 1}`)));
    } else if ('batch' in scene) {
      await this.#deliver(scene.batch, where);
    } else if ('race' in scene) {
      await this.#warm([{ deliver: {} }, { deliver: {} }]);
      await this.#race(where);
    } else if ('call' in scene) {
      await this.#call(scene, where);
    } else {
      await this.#deliver([scene], where);
    }
  }

  /** As many instances as will be needed: if some had to start first, nothing would be at the same time. */
  async #warm(acts: readonly Act[]): Promise<void> {
    const expired = JSON.stringify(this.#script.message('do', { notAfter: 0 }));
    await Promise.all(acts.map((act) => this.#stage.deliver(this.#functionOf(act), [expired])));
  }

  /** Messages of one batch, and what came of each. */
  async #deliver(acts: readonly Act[], where: string): Promise<void> {
    const sent = await Promise.all(acts.map((act) => this.#prepared(act)));
    const acknowledged = await this.#stage.deliver(
      this.#functionOf(acts[0]),
      sent.map(({ body }) => body),
    );
    const buried = await this.#stage.buried();
    for (const [index, { act, body, waiting }] of sent.entries()) {
      const which = acts.length > 1 ? `${where}.${index + 1}` : where;
      const isAcknowledged = acknowledged[index] === true;
      if ('kept' in act && act.kept) {
        this.expect(`${which}, kept for a person`, !isAcknowledged || buried.includes(body), true);
        continue;
      }
      const wanted = 'acknowledged' in act ? act.acknowledged : true;
      this.expect(`${which}, acknowledged`, isAcknowledged, wanted);
      if (waiting && 'hears' in act && act.hears) await this.#hears(waiting, act, act.hears, which);
    }
  }

  async #prepared(act: Act): Promise<{ readonly act: Act; readonly body: string; readonly waiting?: Waiting }> {
    if ('body' in act) return { act, body: act.body };
    if ('send' in act) return { act, body: JSON.stringify(this.#script.message('do', act.send)) };
    const [verb, fields] = 'undo' in act ? (['undo', act.undo] as const) : (['do', fieldsOf(act)] as const);
    const waiting = await this.#stage.tokens.waiting();
    const message = this.#script.message(verb, fields, waiting.token);
    this.#script.lastToken = message.token ?? '';
    return { act, body: JSON.stringify(message), waiting };
  }

  async #hears(waiting: Waiting, act: Act, expected: Expected, where: string): Promise<void> {
    if (expected === 'nothing') {
      this.expect(`${where}, nothing heard`, await waiting.waits(), true);
      return;
    }
    const heard = await waiting.heard();
    this.expect(`${where}, heard`, heard, this.#script.filled(expected));
    this.#keepsSchema(where, act, heard);
  }

  async #call(act: Extract<Act, { call: unknown }>, where: string): Promise<void> {
    const message = this.#script.message('do', { input: undefined, ...act.call });
    const called = await this.#stage.call(this.#atom.functionName, message);
    const expected = act.throws ? { thrown: act.throws } : { returned: this.#script.filled(act.returns) };
    this.expect(where, called, expected);
    if ('returned' in called && message.verb === 'settle') this.#keeps('settlement', called.returned, where);
  }

  /** As a queue and a state machine would: delivered until it is acknowledged, with another token after a Transient. */
  async #untilAnswered(act: Act, where: string): Promise<Heard | undefined> {
    let heard: Heard | undefined;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const { body, waiting } = await this.#prepared(act);
      let delivered = false;
      for (; tries <= TRIES && !delivered; tries += 1) {
        [delivered = false] = await this.#stage.deliver(this.#functionOf(act), [body]);
        if (!delivered) await sleep(PAUSE_MS);
      }
      heard = await waiting?.heard();
      if (!isTransient(heard)) break;
    }
    if ('hears' in act && act.hears) this.expect(`${where}, heard`, heard, this.#script.filled(act.hears));
    if (heard) this.#keepsSchema(where, act, heard);
    return heard;
  }

  /** Whoever comes first decides, and both say so. */
  async #race(where: string): Promise<void> {
    const settled = async (): Promise<unknown> => {
      for (let tries = 1; tries <= TRIES; tries += 1) {
        const called = await this.#stage.call(this.#atom.functionName, this.#script.message('settle', {}));
        if ('returned' in called) return called.returned;
        await sleep(PAUSE_MS);
      }
      return undefined;
    };
    const [settlement, heard] = await Promise.all([settled(), this.#untilAnswered({ deliver: {} }, where)]);
    const happened = fulfils(settlement, { happened: true });
    this.expect(`${where}, settled`, settlement, { happened });
    const expected = happened ? { output: '$output' } : { error: 'Fenced' };
    this.expect(`${where}, heard`, heard, this.#script.filled(expected));
    this.expect(`${where}, effects`, await this.#atom.effects?.(this.#script.order), happened ? 1 : 0);
  }

  #functionOf(act: Act | undefined): string {
    return act && 'undo' in act ? (this.#atom.compensation?.functionName ?? '') : this.#atom.functionName;
  }

  #keepsSchema(where: string, act: Act, heard: Heard): void {
    if (typeof heard !== 'object') return;
    if ('error' in heard) this.#keeps('failure', heard, where);
    else if ('undo' in act) this.#keeps('undone', heard.output, where);
  }

  #keeps(name: keyof typeof protocolSchemas, value: unknown, where: string): void {
    const { valid, errors } = new Validator(protocolSchemas[name] as JsonSchema, '2020-12').validate(value);
    if (!valid) this.deviations.push(`${where}, by the schema of ${name}: ${errors.at(-1)?.error}`);
  }
}

const fieldsOf = (act: Act): Readonly<Record<string, unknown>> => ('deliver' in act ? act.deliver : {});

const isTransient = (heard: Heard | undefined): boolean =>
  typeof heard === 'object' && 'error' in heard && heard.error === 'Transient';
