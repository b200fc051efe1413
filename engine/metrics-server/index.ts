export { METRICS_KINDS } from './metrics-api.ts';
export { type MetricsServer, startMetricsServer } from './metrics-server.ts';
