export { METRICS_KINDS } from './metrics-api.ts';
export { startMetricsServer } from './metrics-server.ts';
