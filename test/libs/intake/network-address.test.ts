import { BlockList, isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillNetwork } from '#libs/intake/network-address.ts';
import { AccessEvent } from '#libs/model/access-event.ts';

function read(text: string): { network: string; address: string } {
  const event = new AccessEvent();
  const bytes = Buffer.from(`1${text}1`);
  fillNetwork(event, bytes, 1, bytes.length - 1);
  return {
    network: `${event.networkLo},${event.networkHi}`,
    address: `${event.addressLo},${event.addressHi}`,
  };
}

describe('network address', () => {
  it.each([
    ['192.0.2.7', '192.0.2.200', '192.0.3.7'],
    ['2001:db8:1::7', '2001:db8:1:ffff::1', '2001:db8:2::7'],
  ])('puts %s and %s into one network, %s into another', (a, b, other) => {
    expect(read(a).network).toBe(read(b).network);
    expect(read(a).address).not.toBe(read(b).address);
    expect(read(a).network).not.toBe(read(other).network);
  });

  it.each([
    ['2001:db8::1', '2001:0DB8:0:0:0:0:0:1'],
    ['2001:db8::1', '2001:db8::0.0.0.1'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '0:0:0:0:0:0:0:0'],
    ['1::', '1:0:0:0:0:0:0:0'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:0.7.0.8'],
  ])('knows %s and %s as the same address', (a, b) => {
    expect(read(a)).toEqual(read(b));
  });

  it('hashes what is no address as it stands, and leaves nothing where there is none', () => {
    expect(read('unknown').network).toBe(read('unknown').address);
    expect(read('unknown')).not.toEqual(read('unknown2'));
    expect(read('')).toEqual({ network: '0,0', address: '0,0' });
  });

  it('takes as an address what node:net takes, and nothing else', () => {
    const piece = fc.constantFrom(
      '1',
      '0',
      'ffff',
      'db8',
      '255',
      '256',
      '00',
      '12345',
      ':',
      '::',
      '.',
      'g',
      '192.0.2.7',
    );
    const soup = fc.array(piece, { maxLength: 17 }).map((pieces) => pieces.join(''));
    const groups = fc
      .array(fc.constantFrom('1', '0', 'ffff', 'db8', ''), { minLength: 1, maxLength: 9 })
      .map((list) => list.join(':'));
    const decimal = fc
      .array(fc.constantFrom('1', '0', '255', '256', '01', ''), { minLength: 3, maxLength: 5 })
      .map((list) => list.join('.'));
    const seen = { addresses: 0 };
    fc.assert(
      fc.property(fc.oneof(soup, groups, decimal, fc.ipV4(), fc.ipV6()), (text) => {
        fc.pre(text !== '');
        // Text that is no address is its own network; an address of the same /24 or /48 never has that hash.
        const { network, address } = read(text);
        const asText = network === address;
        expect(asText, text).toBe(isIP(text) === 0);
        if (!asText) seen.addresses++;
      }),
      { numRuns: 2000 },
    );
    expect(seen.addresses).toBeGreaterThan(100);
  });

  it('agrees with node:net on which IPv6 addresses share a /48', () => {
    fc.assert(
      fc.property(fc.ipV6(), fc.ipV6(), (a, b) => {
        fc.pre(!a.toLowerCase().includes('ffff:') && !b.toLowerCase().includes('ffff:'));
        const list = new BlockList();
        list.addSubnet(a, 48, 'ipv6');
        expect(read(a).network === read(b).network).toBe(list.check(b, 'ipv6'));
      }),
    );
  });
});
