import { serve } from '../../../lib/runtime/index.ts';
import { assessRisk } from './contract.ts';

const HIGH_FROM = 60;
const THROW_AWAY = /@(mailinator|guerrillamail|10minutemail)\./;

export const handler = serve(assessRisk, ({ total, email, lines }) => {
  const rules = [
    { holds: total > 500_000, points: 40, reason: 'a total above 5,000.00' },
    { holds: THROW_AWAY.test(email), points: 30, reason: 'a throw-away mail address' },
    { holds: lines.some(({ quantity }) => quantity > 20), points: 20, reason: 'more than 20 of one product' },
  ].filter(({ holds }) => holds);
  const score = rules.reduce((sum, { points }) => sum + points, 0);
  return {
    level: score >= HIGH_FROM ? ('high' as const) : ('low' as const),
    score,
    reasons: rules.map(({ reason }) => reason),
  };
});
