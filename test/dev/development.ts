import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DevelopmentEvent } from '../../lib/local/development/index.ts';
import type { Project, Running } from '../start/project.ts';

type EventName = DevelopmentEvent['event'];
type EventOf<Name extends EventName> = Extract<DevelopmentEvent, { event: Name }>;

/** `npm run dev -- --json` of a project, as a script would run it, without npm around it. */
export class Development {
  readonly #running: Running;
  readonly #events: { readonly at: number; readonly event: DevelopmentEvent }[] = [];
  #over = false;

  constructor(project: Project) {
    this.#running = project.spawn(process.execPath, ['bin/breakwater.ts', 'dev', '--json'], { NODE_NO_WARNINGS: '1' });
    const { child, exited } = this.#running;
    if (child.stdout) {
      createInterface({ input: child.stdout }).on('line', (line) => {
        this.#events.push({ at: performance.now(), event: JSON.parse(line) });
      });
    }
    void exited.then(() => {
      this.#over = true;
    });
  }

  /** Its exit code once it has ended. */
  get exited(): Promise<number | null> {
    return this.#running.exited;
  }

  /** As Ctrl-C does where there is no terminal. */
  interrupt(): void {
    this.#running.child.kill('SIGINT');
  }

  /** All that it has said. */
  get said(): string {
    return this.#running.output();
  }

  /** How many events there are so far: what comes later has a higher number. */
  get mark(): number {
    return this.#events.length;
  }

  /** The kinds of all since a mark, in order. */
  events(mark: number): readonly EventName[] {
    return this.#events.slice(mark).map(({ event }) => event.event);
  }

  /** Those of a kind since a mark. */
  since<Name extends EventName>(mark: number, name: Name): readonly EventOf<Name>[] {
    return this.#events.slice(mark).flatMap(({ event }) => (event.event === name ? [event as EventOf<Name>] : []));
  }

  /**
   * Does something and waits for the first event of a kind after it.
   * @returns it, with the milliseconds from the deed to the event
   */
  async after<Name extends EventName>(
    deed: () => void,
    name: Name,
    seconds = 240,
  ): Promise<EventOf<Name> & { readonly waited: number }> {
    const { mark } = this;
    const begun = performance.now();
    deed();
    return this.next(name, mark, begun, seconds);
  }

  /** The first event of a kind after a mark. */
  async next<Name extends EventName>(
    name: Name,
    mark: number,
    begun = performance.now(),
    seconds = 240,
  ): Promise<EventOf<Name> & { readonly waited: number }> {
    for (const until = Date.now() + seconds * 1_000; Date.now() < until && !this.#over; await sleep(20)) {
      const found = this.#events.slice(mark).find(({ event }) => event.event === name);
      if (found) return { ...(found.event as EventOf<Name>), waited: Math.round(found.at - begun) };
    }
    throw new Error(`No event "${name}" came. It said:\n${this.said}`);
  }
}
