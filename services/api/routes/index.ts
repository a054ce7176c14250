import type { Route } from '../route.ts';
import { accountRoutes } from './accounts.ts';
import { actionRoutes } from './actions.ts';
import { auditRoutes } from './audit.ts';
import { breakerRoutes } from './breakers.ts';
import { campaignRoutes } from './campaigns.ts';
import { confirmationRoutes } from './confirmations.ts';
import { containmentRoutes } from './containments.ts';
import { gateRoutes } from './gate.ts';
import { healthRoutes } from './health.ts';
import { incidentRoutes } from './incidents.ts';
import { restrictionRoutes } from './restrictions.ts';

/** Every route of one API. */
export const allRoutes = (): readonly Route[] => [
  ...healthRoutes,
  ...restrictionRoutes(),
  ...gateRoutes,
  ...incidentRoutes,
  ...campaignRoutes,
  ...actionRoutes,
  ...accountRoutes,
  ...confirmationRoutes,
  ...containmentRoutes,
  ...breakerRoutes,
  ...auditRoutes,
];
