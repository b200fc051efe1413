/**
 * Auditing: what is written about which requests. Loaded late; a server whose flags ask for no log never sees it.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/
 */

export { auditedHandler } from './audited-handler.ts';
export { readPolicy } from './policy.ts';
