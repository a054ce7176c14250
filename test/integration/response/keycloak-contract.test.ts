import { accountConnectorContract } from '../../contract/account-connector.cases.ts';
import { openKeycloakRig } from './keycloak-rig.ts';
import { describeWith } from './with-servers.ts';

describeWith(['keycloak'], 'Keycloak', ({ keycloak }) => {
  accountConnectorContract('keycloak', () => openKeycloakRig(keycloak));
});
