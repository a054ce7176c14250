/**
 * Who may do what, as data. A person has the union of their roles; what is not listed is refused. Whoever asks for
 * something never approves it: that is a rule about people, not about roles, and stands with what is decided.
 */

export const PERMISSIONS = [
  'incidents.read',
  'actions.read',
  'actions.decide',
  'accounts.reenable',
  'verdicts.write',
  'holder.ask',
  'containments.read',
  'containments.ask',
  'containments.decide',
  'breakers.read',
  'breakers.close',
  'audit.read',
  'restrictions.read',
  'restrictions.enforce',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

const READ = ['incidents.read', 'actions.read', 'containments.read', 'breakers.read', 'restrictions.read'] as const;

export const ROLES = {
  viewer: READ,
  analyst: [...READ, 'verdicts.write', 'holder.ask', 'containments.ask'],
  approver: [
    ...READ,
    'actions.decide',
    'accounts.reenable',
    'breakers.close',
    'containments.ask',
    'containments.decide',
  ],
  auditor: [...READ, 'audit.read'],
  /** The portal and what stands in front of it. */
  gateway: ['restrictions.read', 'restrictions.enforce', 'holder.ask'],
} as const satisfies Readonly<Record<string, readonly Permission[]>>;
export type Role = keyof typeof ROLES;
export const ROLE_NAMES = Object.keys(ROLES) as Role[];

/** What only a person may do: a program that signs in by itself is refused, whatever its roles. */
export const FOR_PEOPLE: ReadonlySet<Permission> = new Set<Permission>([
  'actions.decide',
  'accounts.reenable',
  'verdicts.write',
  'containments.ask',
  'containments.decide',
  'breakers.close',
]);

export const mayDo = (roles: readonly Role[], permission: Permission): boolean =>
  roles.some((role) => (ROLES[role] as readonly Permission[]).includes(permission));
