import type { Account } from './accounts.ts';
import type { Random } from './random.ts';
import type { Source } from './sources.ts';
import { addressIn, HOME_NETWORKS, HOSTING_NETWORKS, newMachine, sessionOf, userAgentOf } from './sources.ts';
import type { TheftPlan } from './theft-plan.ts';

const SHARED_ASN = 16276;

/** Whoever uses one of a theft's accounts. */
export interface Thief {
  readonly plan: TheftPlan;
  readonly account: Account;
  /** Of the account in the theft. */
  readonly place: number;
  /** First bytes of the addresses that all of a theft's accounts share, where they do. */
  readonly sharedNet: string;
  readonly random: Random;
}

/** From where the thief uses the account on a day. */
export function thiefSource({ plan, account, place, sharedNet, random }: Thief): (day: number) => Source {
  const hosting = random.pick(HOSTING_NETWORKS);
  const isAtHome = random.chance(0.5);
  const machine = newMachine(random, plan.id + place);
  const home = random.pick(HOME_NETWORKS);
  const network = isAtHome ? home : hosting;
  const address = addressIn(network, random);
  const session = (day: number): string => sessionOf(`${plan.id}${place}${day}`);
  const userAgent = (day: number): string => (plan.api ? 'python-requests/2.31' : userAgentOf(machine, day));
  const isThief = true;
  switch (plan.from) {
    case 'own':
      return (day) => {
        const [own] = account.machines;
        const { address: ip, network: ownNetwork } = account;
        const today = sessionOf(`${account.id}${day}:0`);
        return { isThief, session: today, ip, asn: ownNetwork[0], device: own.id, userAgent: userAgentOf(own, day) };
      };
    case 'hopping':
      return (day) => {
        const ip = addressIn(random.pick(HOME_NETWORKS), random);
        const device = newMachine(random, `${account.id}${day}${random.unit()}`).id;
        return { isThief, session: session(day), ip, asn: network[0], device, userAgent: userAgent(day) };
      };
    case 'sharedNetwork':
      return (day) => {
        const ip = sharedNet + (1 + random.int(5));
        return { isThief, session: session(day), ip, asn: SHARED_ASN, device: machine.id, userAgent: userAgent(day) };
      };
    default:
      return (day) => {
        const device = plan.api ? undefined : machine.id;
        return { isThief, session: session(day), ip: address, asn: network[0], device, userAgent: userAgent(day) };
      };
  }
}
