import { CloudError, refusal } from './errors';
import type { Fault } from './faults';
import type { Product } from './product';

/** What goes back to the caller. */
export type Reply =
  | { kind: 'answer'; status: number; code?: string; headers: Record<string, string>; body: string }
  | { kind: 'cut' }
  | { kind: 'silence' };

/**
 * What the caller gets to see where a fault has its way.
 * @param carryOut does what was asked and tells the true answer
 */
export function spoilt(fault: Fault, carryOut: () => Reply, product: Product, requestId: string): Reply {
  if (fault.kind === 'delay') return carryOut();
  if (fault.kind === 'drop-after' || ('execute' in fault && fault.execute)) carryOut();
  switch (fault.kind) {
    case 'drop-before':
    case 'drop-after':
      return { kind: 'cut' };
    case 'hang':
      return { kind: 'silence' };
    case 'error': {
      const { status, code, message } = refusal('ServiceUnavailable');
      const error = new CloudError(fault.status ?? status, fault.code ?? code, fault.message ?? message);
      const answer = errorAnswer(product, error, requestId);
      return { ...answer, headers: { ...answer.headers, ...fault.headers } };
    }
    case 'html': {
      const { status = 502, body = `<html><body><h1>${status} Bad Gateway</h1></body></html>` } = fault;
      return { kind: 'answer', status, headers: { 'content-type': 'text/html' }, body };
    }
    case 'answer': {
      const { status = 200, body } = fault;
      return { kind: 'answer', status, headers: { 'content-type': 'application/json' }, body };
    }
  }
}

/** An error in the product's own words and form. */
export function errorAnswer(product: Product, error: CloudError, requestId: string) {
  const dialect = product.dialect as Record<string, ((error: CloudError) => CloudError) | undefined>;
  const spoken = dialect[error.code]?.(error) ?? error;
  return { ...jsonAnswer(spoken.status, product.errorBody(spoken, requestId), requestId), code: spoken.code };
}

export function jsonAnswer(status: number, body: Record<string, unknown>, requestId: string) {
  return {
    kind: 'answer' as const,
    status,
    headers: { 'content-type': 'application/json;charset=utf-8', 'x-acs-request-id': requestId },
    body: JSON.stringify(body),
  };
}
