import { bookInvoice } from './contracts.ts';
import { book } from './handler.ts';

export const handler = book(bookInvoice);
