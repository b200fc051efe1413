/** grpc.health.v1.Health: https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
export const HEALTH = {
  name: 'grpc.health.v1.Health',
  messages: {
    HealthCheckRequest: { service: [1, 'string'] },
    HealthCheckResponse: { status: [1, 'ServingStatus'] },
    ServingStatus: ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'],
  },
  methods: {
    Check: ['HealthCheckRequest', 'HealthCheckResponse'],
    Watch: ['HealthCheckRequest', 'stream HealthCheckResponse'],
  },
} as const;
