import { createMemoryStore } from '#libs/adapters/memory/response-store.ts';
import { openSqliteStore } from '#libs/adapters/sqlite/open-store.ts';
import { responseStoreContract } from './response-store.cases.ts';

responseStoreContract('memory', async () => createMemoryStore());
responseStoreContract('sqlite', () => openSqliteStore(':memory:'));
