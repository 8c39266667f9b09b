export { type Definition, definitionsIn } from './definitions.ts';
export { AssemblyNotFound } from './errors.ts';
export { type Explanation, explain, type Grant, type Part, type Role, type Tie } from './explain.ts';
export { type AtRest, PRICES, type Prices } from './prices.ts';
export { type Assembly, type MarkedConstruct, type Resource, readAssembly, type Stack } from './read.ts';
export { explanationText } from './text.ts';
