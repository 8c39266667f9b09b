import { bookSlot } from './contracts.ts';
import { book } from './handler.ts';

export const handler = book(bookSlot);
