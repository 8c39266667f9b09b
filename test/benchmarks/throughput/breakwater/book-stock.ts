import { bookStock } from './contracts.ts';
import { book } from './handler.ts';

export const handler = book(bookStock);
