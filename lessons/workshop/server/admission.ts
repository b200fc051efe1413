import type { Settings } from '../records.ts';

/** Whether work may be handed in at this moment, and whether it is late. */
export function admission(settings: Settings, now: number): 'early' | 'open' | 'late' | 'over' {
  const { opensAt, closesAt, overtimeMs } = settings;
  if (opensAt !== undefined && now < opensAt) return 'early';
  if (closesAt === undefined || now <= closesAt) return 'open';
  return now <= closesAt + overtimeMs ? 'late' : 'over';
}
