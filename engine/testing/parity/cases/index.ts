import type { Scenario } from '../scenario.ts';
import { access } from './access.ts';
import { apply } from './apply.ts';
import { badInput } from './bad-input.ts';
import { change } from './change.ts';
import { cluster } from './cluster.ts';
import { create } from './create.ts';
import { debug } from './debug.ts';
import { describe } from './describe.ts';
import { faultyAnswers, faultyDiscovery, faultyWrites } from './faults.ts';
import { files } from './files.ts';
import { flags } from './flags.ts';
import { formats } from './formats.ts';
import { get } from './get.ts';
import { kustomize } from './kustomize.ts';
import { mistakes } from './mistakes.ts';
import { newcomers } from './newcomers.ts';
import { preferences } from './preferences.ts';
import { processes } from './processes.ts';
import { proxy } from './proxy.ts';
import { rare } from './rare.ts';

/** Everything that is compared with the real kubectl. */
export const SCENARIOS: readonly Scenario[] = [
  get,
  formats,
  flags,
  describe,
  debug,
  create,
  change,
  apply,
  mistakes,
  badInput,
  newcomers,
  cluster,
  processes,
  proxy,
  preferences,
  kustomize,
  access,
  files,
  rare,
  faultyAnswers,
  faultyWrites,
  faultyDiscovery,
];
