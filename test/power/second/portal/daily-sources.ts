import type { Account } from './accounts.ts';
import type { Source } from './sources.ts';
import { addressIn, HOME_NETWORKS, MOBILE_ASN, mobileAddress, newMachine, sessionOf, userAgentOf } from './sources.ts';

/** Where an account is used from on a day: addresses change, now and then a machine or the provider does. */
export function sourcesOfDay(account: Account, day: number): Source[] {
  const { random, id } = account;
  if (!account.hasFixedAddress && random.chance(0.12)) account.address = addressIn(account.network, random);
  if (random.chance(0.0012)) account.machines[random.int(account.machines.length)] = newMachine(random, `${id}x${day}`);
  if (random.chance(0.0006)) {
    account.network = random.pick(HOME_NETWORKS);
    account.address = addressIn(account.network, random);
  }
  return account.machines.map((machine, k) => {
    const isOut = account.isMobile && random.chance(0.7);
    const isProgram = account.kind === 'software';
    return {
      session: sessionOf(`${id}${day}:${k}`),
      ip: isOut ? mobileAddress(random) : account.address,
      asn: isOut ? MOBILE_ASN : account.network[0],
      device: isProgram ? undefined : machine.id,
      userAgent: isProgram ? `LogicielPS/7.${day > 40 ? 3 : 2}` : userAgentOf(machine, day),
    };
  });
}
