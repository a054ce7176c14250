import { describe, expect, it } from 'vitest';
import type { DirectoryAccount } from '#libs/model/containment.ts';
import type { PreviewQuestion } from '#libs/respond/index.ts';
import { isBounded, previewContainment } from '#libs/respond/index.ts';
import { sampleRestriction } from '../../support/sample-action.ts';
import { T0 } from '../../support/sample-alert.ts';

const account = (id: string, change: Partial<DirectoryAccount> = {}): DirectoryAccount => ({
  id,
  class: 'professional',
  profession: 'optician',
  org: '750012345',
  department: '69',
  ...change,
});
const DIRECTORY = [
  account('P3', { org: '1' }),
  account('P1'),
  account('P2'),
  account('M1', { class: 'manager', profession: 'payer', department: '' }),
  account('M2', { class: 'manager', profession: 'payer', department: '' }),
];
const preview = (change: Partial<PreviewQuestion>) =>
  previewContainment({
    directory: DIRECTORY,
    selector: { class: 'manager' },
    rung: 'suspend',
    protectedAccounts: [],
    includeProtected: false,
    restrictionOf: () => undefined,
    nowMs: T0,
    ...change,
  });

describe('preview of a containment', () => {
  it('names the accounts meant, and the professions that would have nobody left', () => {
    const { accounts, groups, emptied } = preview({});
    expect(accounts).toEqual(['M1', 'M2']);
    expect(groups).toEqual([{ profession: 'payer', department: 'unknown', affected: 2, of: 2 }]);
    expect(emptied).toEqual(groups);
  });

  it('narrows by everything that is named', () => {
    expect(preview({ selector: { org: '750012345' } }).accounts).toEqual(['M1', 'M2', 'P1', 'P2']);
    const opticians = preview({ selector: { org: '750012345', profession: 'optician' } });
    expect(opticians.accounts).toEqual(['P1', 'P2']);
    expect(opticians.groups).toEqual([{ profession: 'optician', department: '69', affected: 2, of: 3 }]);
    expect(opticians.emptied).toEqual([]);
  });

  it('spares protected accounts while they are protected, unless they are asked for', () => {
    const protectedAccounts = [
      { account: 'M1', reason: 'on call', untilMs: T0 + 1 },
      { account: 'M2', reason: 'was on call', untilMs: T0 },
    ];
    expect(preview({ protectedAccounts })).toMatchObject({
      accounts: ['M2'],
      spared: [{ account: 'M1', reason: 'on call' }],
      emptied: [],
    });
    expect(preview({ protectedAccounts, includeProtected: true }).accounts).toEqual(['M1', 'M2']);
  });

  it('counts those that are restricted as much already', () => {
    const restrictionOf = (id: string) => (id === 'M1' ? sampleRestriction({ restriction: 'throttle' }) : undefined);
    expect(preview({ restrictionOf }).alreadyRestricted).toBe(0);
    expect(preview({ restrictionOf, rung: 'throttle' }).alreadyRestricted).toBe(1);
  });

  it('has one digest for one list, rung and selector, whatever the order it was read in', () => {
    const { digest } = preview({});
    expect(preview({ directory: [...DIRECTORY].reverse() }).digest).toBe(digest);
    expect(preview({ rung: 'throttle' }).digest).not.toBe(digest);
    expect(preview({ directory: DIRECTORY.slice(0, 4) }).digest).not.toBe(digest);
    expect(preview({ selector: { class: 'manager', profession: 'payer' } }).digest).not.toBe(digest);
  });

  it('of a campaign means exactly its accounts, under a digest of its own', () => {
    const members = new Set(['P1', 'M1']);
    const found = preview({ selector: { campaign: 'c1' }, members });
    expect(found.accounts).toEqual(['M1', 'P1']);
    expect(preview({ selector: { campaign: 'c1', class: 'manager' }, members }).accounts).toEqual(['M1']);
    expect(preview({ selector: { campaign: 'c2' }, members }).digest).not.toBe(found.digest);
    expect(() => preview({ selector: { campaign: 'c1' } })).toThrow('a campaign goes with its accounts');
  });

  it('is bounded only by a class, an organisation or a campaign', () => {
    expect([{}, { department: '69' }, { profession: 'nurse' }, { org: '' }].map(isBounded as never)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(isBounded({ class: 'manager' }) && isBounded({ org: '1' }) && isBounded({ campaign: 'c1' })).toBe(true);
    expect(isBounded({ campaign: '' })).toBe(false);
  });
});
