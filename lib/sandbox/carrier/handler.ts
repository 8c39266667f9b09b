import { serveProvider } from '../function-url.ts';
import { carrier } from './provider.ts';

export const handler = serveProvider(carrier);
