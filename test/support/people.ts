import type { Person } from '#libs/model/person.ts';

export const ANNE: Person = { id: 'anne', name: 'Anne Martin', kind: 'named' };
export const LUC: Person = { id: 'luc', name: 'Luc Petit', kind: 'named' };
export const LOCAL: Person = { id: 'local:root', name: '', kind: 'local' };
