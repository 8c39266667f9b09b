import { afterAll, beforeAll } from '@jest/globals';
import { Harness } from './harness.ts';
import { deadMailer } from './scenarios/dead-mailer.ts';
import { declaredFailures } from './scenarios/declared-failures.ts';
import { events } from './scenarios/events.ts';
import { faultyCalls } from './scenarios/faulty-calls.ts';
import { fulfilledOrders } from './scenarios/fulfilled.ts';
import { lateAndTwice } from './scenarios/late-and-twice.ts';
import { lostAnswers } from './scenarios/lost-answers.ts';
import { malformedMessages } from './scenarios/malformed.ts';
import { missedEvents, nothingMissed } from './scenarios/missed.ts';
import { parkedSteps } from './scenarios/parked.ts';
import { permissions } from './scenarios/permissions.ts';
import { personalData } from './scenarios/personal-data.ts';
import { results } from './scenarios/results.ts';
import { stoppedOrders } from './scenarios/stopped.ts';

let open: Harness | undefined;
const harness = (): Harness => {
  if (!open) throw new Error('The app is not deployed.');
  return open;
};

beforeAll(async () => {
  open = await Harness.open();
  // Cold starts are not what is tested here.
  const warm = Array.from({ length: 6 }, (_, index) =>
    harness().run(`warm-${index}`, index === 0 ? { country: 'AQ' } : {}),
  );
  await Promise.all(warm);
}, 240_000);

afterAll(() => open?.close(), 30_000);

fulfilledOrders(harness);
declaredFailures(harness);
lostAnswers(harness);
deadMailer(harness);
events(harness);
malformedMessages(harness);
parkedSteps(harness);
stoppedOrders(harness);
missedEvents(harness);
results(harness);
lateAndTwice(harness);
faultyCalls(harness);
personalData(harness);
nothingMissed(harness);
permissions(harness);
