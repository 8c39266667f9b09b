import type { State } from './states.ts';

/** Only the states that something leads to, in their order. */
export function reachable(start: string, all: Readonly<Record<string, State>>): Record<string, State> {
  const found = new Set<string>();
  const open = [start];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = all[name];
    if (found.has(name) || !state) continue;
    found.add(name);
    if ('Next' in state && typeof state.Next === 'string') open.push(state.Next);
    if (state.Type === 'Choice') open.push(state.Default, ...state.Choices.map((rule) => rule.Next));
    if (state.Type === 'Task') open.push(...(state.Catch ?? []).map((catcher) => catcher.Next));
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => found.has(name)));
}
