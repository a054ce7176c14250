import type { Unhindered } from './nobody-acted.ts';
import type { Story } from './story.ts';
import type { Teller } from './teller.ts';

const DAY_MS = 86_400_000;

/** The last act: what it comes to, and what to try next. */
export function tellClosing(teller: Teller, story: Story, { attack }: Unhindered): void {
  const { words } = teller;
  const { facts } = words;
  teller.heading(words.closingHeading);
  if (story.stopped) {
    teller.fact(facts.stopped, words.stoppedFact(story.account, story.event_to_verified_ms ?? undefined));
  } else teller.say(words.notStopped(story.account));
  teller.fact(facts.exposed, words.exposedFact(story.exposed, story.exposed_stated ?? undefined));
  if (story.exposed_by_insurer.length > 0) teller.fact(facts.insurers, words.insurers(story.exposed_by_insurer));
  const days = Math.ceil((Date.parse(attack.end) - Date.parse(attack.start)) / DAY_MS);
  teller.fact(facts.nobody, words.nobodyFact(attack.exposed, attack.exposedByInsurer.length, days));
  if (story.stopped) teller.fact(facts.holder, words.holderFact(story.holder_requests_refused));
  const { accounts, restricted, alerted, requests_refused } = story.honest;
  teller.fact(facts.honest, words.honestFact(accounts, restricted, alerted, requests_refused));
  teller.heading(words.nextHeading);
  words.next(story.data).forEach(({ why, commands }, i) => {
    teller.say(`${i + 1}. ${why}`);
    for (const command of commands) teller.say(`   ${command}`);
  });
  teller.line();
  teller.say(words.kept(story.data));
}
