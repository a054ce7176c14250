import type { NewAccount } from '#libs/adapters/local-register/register.ts';
import { CommandFailure, EXIT } from '#services/cli/exit-code.ts';
import type { SimAccount } from '#services/simulate/accounts.ts';
import { planAttacks } from '#services/simulate/attack-plan.ts';
import type { AttackSpec } from '#services/simulate/attack-spec.ts';
import type { SimulationConfig } from '#services/simulate/config.ts';
import { ConfigError } from '#services/simulate/config.ts';
import { RESIDENCE } from '#services/simulate/france.ts';
import { makeWorld } from '#services/simulate/world.ts';
import type { DemoConfig } from './config.ts';
import { attackSpecs, simulationConfig } from './config.ts';

/** Who plays: the simulated portal's accounts, and the one that is stolen. */
export interface Cast {
  readonly simulation: Partial<SimulationConfig>;
  readonly attack: AttackSpec;
  /** Every account that the portal will ever have: those that come later are entered from the start. */
  readonly accounts: readonly NewAccount[];
  /** Those in use when the story begins. */
  readonly present: readonly NewAccount[];
  readonly stolen: NewAccount;
  readonly attackStartMs: number;
  readonly attackEndMs: number;
}

/** @throws CommandFailure where no account fits the attack */
export function chooseCast(config: DemoConfig): Cast {
  let reason = '';
  for (const attack of attackSpecs(config)) {
    const simulation = simulationConfig(config, attack);
    try {
      const world = makeWorld({ ...simulation } as SimulationConfig);
      const [plan] = planAttacks(world);
      const storyDay = world.startDay + config.historyDays;
      return {
        simulation,
        attack,
        accounts: world.accounts.map(asEntered),
        present: world.accounts.filter((a) => a.firstDay <= storyDay && a.leftDay > storyDay).map(asEntered),
        stolen: asEntered(plan!.victims[0]!),
        attackStartMs: plan!.startMs,
        attackEndMs: plan!.endMs,
      };
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      reason = error.message;
    }
  }
  throw new CommandFailure(`this seed has no account for the attack: ${reason}; try another --seed`, EXIT.usage);
}

const asEntered = (account: SimAccount): NewAccount => ({
  id: account.id,
  class: account.habits.accountClass,
  profession: account.habits.profession,
  department: RESIDENCE[account.home]!.code,
  // A program cannot answer one.
  hasSecondFactor: account.habits.accountClass !== 'software',
});
