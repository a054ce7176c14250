/** Work as a span: begun before it, ended after it, marked where it failed. Spans never carry an error's words. */
import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanStatusCode, trace } from '@opentelemetry/api';

/** Where a span is to hang: nowhere makes it a trace of its own. */
export interface SpanPlace {
  readonly tracer: Tracer;
  readonly parent?: Context | undefined;
}

/** A tracer whose spans go nowhere and cost nothing. */
export const NO_TRACER: Tracer = trace.getTracer('none');

/**
 * Does `work` inside a span. The context is handed on by hand: nothing hangs on what happens to run at the same time.
 * @param attributes only names and figures out of small sets: no account, no person
 */
export async function inSpan<T>(
  { tracer, parent = ROOT_CONTEXT }: SpanPlace,
  name: string,
  attributes: Attributes,
  work: (span: Span, place: SpanPlace) => Promise<T>,
): Promise<T> {
  const span = tracer.startSpan(name, { attributes }, parent);
  try {
    return await work(span, { tracer, parent: trace.setSpan(parent, span) });
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}
