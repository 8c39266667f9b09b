import { testStores } from '../stores.suite.ts';
import { InMemoryFaults } from './faults.ts';
import { InMemoryLedger } from './ledger.ts';

testStores('in memory', async () => ({ ledger: new InMemoryLedger(), faults: new InMemoryFaults() }));
