export { METRICS_KINDS } from './metrics-api.ts';
export { MetricsServer, type MetricsServerOptions } from './metrics-server.ts';
