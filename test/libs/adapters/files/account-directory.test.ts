import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileDirectory } from '#libs/adapters/files/account-directory.ts';

describe('directory of accounts in a file', () => {
  let path: string;
  beforeAll(() => {
    path = join(mkdtempSync(join(tmpdir(), 'vigie-directory-')), 'accounts.ndjson');
  });
  afterAll(() => rmSync(path));

  const read = (text: string) => {
    writeFileSync(path, text);
    return Array.fromAsync(fileDirectory(path).accounts());
  };

  it('lists every account once, with what is not said left open', async () => {
    const text = '{"id":"A","class":"manager","profession":"payer","org":"1","department":"69"}\r\n\n{"id":"B"}';
    expect(await read(text)).toEqual([
      { id: 'A', class: 'manager', profession: 'payer', org: '1', department: '69' },
      { id: 'B', class: 'professional', profession: 'other', org: '', department: '' },
    ]);
  });

  it.each([
    ['{"id":"A"}\nnot json', ':2: not JSON'],
    ['{"id":"A"}\n{"id":"A"}', ':2: the account stands twice'],
    ['{"class":"manager"}', ':1: id is missing'],
    ['{"id":""}', ':1: id is no account id'],
    [`{"id":"${'A'.repeat(256)}"}`, ':1: id is no account id'],
    ['{"id":"A","class":"king"}', ':1: class is not one of the known'],
    ['{"id":"A","department":69}', ':1: org and department are text'],
  ])('gives no half list: %s', async (text, problem) => {
    await expect(read(text)).rejects.toThrow(problem);
  });

  it('of no file is none', async () => {
    await expect(Array.fromAsync(fileDirectory(`${path}.none`).accounts())).rejects.toThrow('ENOENT');
  });
});
