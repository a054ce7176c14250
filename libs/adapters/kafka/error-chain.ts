/** An error and those inside it: the client wraps an error of the broker in one or more of its own. */
export function* errorChain(error: unknown): Generator<Error> {
  for (let e = error; e instanceof Error; e = e.cause ?? (e as { originalError?: unknown }).originalError) yield e;
}

/**
 * True where the same may go well later: a broker that is away or between leaders. The client says so itself, of the error in
 * hand or of the one that its own tries ran out on.
 */
export function mayPass(error: unknown): boolean {
  for (const e of errorChain(error)) if ((e as { retriable?: unknown }).retriable === true) return true;
  return false;
}
