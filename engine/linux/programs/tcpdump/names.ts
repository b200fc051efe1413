/** Of /etc/services, what is met in a cluster. */
const SERVICES: Readonly<Record<string, number>> = {
  ssh: 22,
  domain: 53,
  http: 80,
  ntp: 123,
  https: 443,
  nfs: 2049,
  mysql: 3306,
  postgresql: 5432,
  redis: 6379,
  'http-alt': 8080,
};

export function portOf(name: string): number | undefined {
  if (/^\d+$/.test(name)) return Number(name);
  return Object.hasOwn(SERVICES, name) ? SERVICES[name] : undefined;
}

export function portName(port: number): string {
  return Object.entries(SERVICES).find(([, number]) => number === port)?.[0] ?? String(port);
}

/** What packets are printed with. */
export interface Naming {
  host(address: string): string;
  port(port: number): string;
}
