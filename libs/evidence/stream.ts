/** What a stream says of itself; the same text goes into documentation, explanations and tests. */
export interface StreamSpec {
  /** Name in alerts, policies and calibration files. */
  readonly name: string;
  /** What it sees. */
  readonly sees: string;
  /** What is assumed of an honest account. */
  readonly nullModel: string;
  /** Attacks and circumstances it does not see. */
  readonly blindSpots: readonly string[];
  /** Nats lost a day at rest. */
  readonly decayPerDay: number;
}
