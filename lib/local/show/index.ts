export type { NextSteps } from './closing.ts';
export type { Key } from './drawing.ts';
export { orderLine, type PlainOptions, plainView } from './plain.ts';
export type { PartName } from './preparation.ts';
export { type SingleOptions, type SingleOrder, singleOrder } from './single.ts';
export type { ShowEvent } from './state.ts';
export { type TerminalOptions, terminalView } from './terminal.ts';
export { hasColour, isScreen, render, type View } from './view.ts';
