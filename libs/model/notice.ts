/** Something the response tells people, once. `id` is deterministic: telling it again is the same notice. */
export interface ResponseNotice {
  readonly id: string;
  readonly notice: 'breaker_opened' | 'stop_delayed' | 'containment_offered' | 'throttle_pressed';
  readonly timeMs: number;
  /**
   * `breaker_opened`: what the breaker covers (`suspend`, or `suspend/optician/69`). `stop_delayed`: the action's id.
   * `containment_offered`: the campaign's id. `throttle_pressed`: the throttling action's id.
   */
  readonly subject: string;
  /** The account concerned; '' where it is no single one. */
  readonly accountId: string;
  readonly message: string;
}
