/** The example of the access event's documentation, with a NIR that nobody has (commune and order out of use). */
export const EXAMPLE = {
  id: '01J9ZK3V7Q',
  time: '2026-03-02T08:12:33.123Z',
  account: {
    id: 'PS-000123',
    class: 'professional',
    profession: 'optician',
    org: '750012345',
    department: '69',
    createdAt: '2024-01-01',
  },
  session: 's-81f',
  source: { ip: '192.0.2.7', asn: 12345, country: 'FR', device: 'd-77', userAgent: 'Mozilla/5.0' },
  channel: 'web',
  action: 'rights.read',
  outcome: 'found',
  beneficiary: {
    nir: '180056912345692',
    birthDate: '1980-05-17',
    birthRank: 1,
    amc: '00123456',
    contract: 'C-1',
    coverageStart: '2020-01-01',
    coverageEnd: '2023-12-31',
  },
  rows: 1,
};
