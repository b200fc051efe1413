import { Environment } from '@marcbachmann/cel-js';
import { registerFormat } from './libraries/format.ts';
import { registerIp } from './libraries/ip.ts';
import { registerLists } from './libraries/lists.ts';
import { registerQuantity } from './libraries/quantity.ts';
import { registerSemver } from './libraries/semver.ts';
import { registerStrings } from './libraries/strings.ts';
import { registerUrl } from './libraries/url.ts';

/** An environment with the functions that Kubernetes adds to CEL: https://kubernetes.io/docs/reference/using-api/cel/#cel-options-language-features-and-libraries */
export function createEnvironment(): Environment {
  const environment = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  registerLists(environment);
  registerStrings(environment);
  registerUrl(environment);
  registerQuantity(environment);
  registerIp(environment);
  registerSemver(environment);
  registerFormat(environment);
  return environment;
}
