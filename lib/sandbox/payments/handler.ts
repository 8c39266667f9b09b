import { serveProvider } from '../function-url.ts';
import { payments } from './provider.ts';

export const handler = serveProvider(payments);
