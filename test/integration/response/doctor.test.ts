import { expect, it } from 'vitest';
import { createKeycloakClient } from '#libs/adapters/keycloak/client.ts';
import { createKeycloakConnector } from '#libs/adapters/keycloak/connector.ts';
import { inspectPostgres } from '#libs/adapters/postgres/inspect.ts';
import { openPostgresStore } from '#libs/adapters/postgres/open-store.ts';
import { checkConnector, checkRoles } from '#services/doctor/check-connector.ts';
import { checkDatabase } from '#services/doctor/check-store.ts';
import { freshDatabase } from './fresh-database.ts';
import { openKeycloakRig, optionsFor } from './keycloak-rig.ts';
import { describeWith } from './with-servers.ts';

describeWith(['postgres'], 'doctor on PostgreSQL', ({ postgres }) => {
  it('sees what migrations are to come, and makes none', async () => {
    const database = await freshDatabase(postgres);
    const empty = await inspectPostgres(database.url);
    expect(empty.missing.length).toBeGreaterThan(2);
    expect(await inspectPostgres(database.url)).toMatchObject({ missing: empty.missing, mayCreate: true });
    await (await openPostgresStore({ url: database.url })).close();
    const migrated = await inspectPostgres(database.url);
    expect(migrated).toMatchObject({ missing: [], unknown: [] });
    expect(checkDatabase(migrated, migrated.nowMs).map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
    await database.drop();
    await expect(inspectPostgres(database.url)).rejects.toThrow(/does not exist/);
  });
});

describeWith(['keycloak'], 'doctor on Keycloak', ({ keycloak }) => {
  it('sees that our client is let in with the one role that it needs, and a wrong secret', async () => {
    const rig = await openKeycloakRig(keycloak, []);
    try {
      const options = optionsFor(rig.realm);
      expect(await checkConnector('keycloak', createKeycloakConnector(options))).toMatchObject([{ verdict: 'ok' }]);
      const roles = await createKeycloakClient(options).grantedRoles();
      expect(roles).toMatchObject({ outcome: 'done', value: expect.arrayContaining(['manage-users']) });
      expect(checkRoles('keycloak', roles)).toMatchObject([{ verdict: 'ok' }]);
      const wrong = createKeycloakConnector(optionsFor(rig.realm, { clientSecret: async () => 'wrong' }));
      expect(await checkConnector('keycloak', wrong)).toMatchObject([{ verdict: 'problem' }]);
    } finally {
      await rig.close();
    }
  });
});
